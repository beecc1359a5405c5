"""What can go wrong with destinations and deliveries."""

from relaypacs.core.errors import RelayError


class ReceiptNotReady(RelayError):
    status, code, title = 404, "receipt-not-ready", "Receipt not ready"


class DestinationNotFound(RelayError):
    status, code, title = 404, "destination-not-found", "Destination not found"


class DestinationNameTaken(RelayError):
    status, code, title = 409, "destination-name-taken", "Destination name taken"


class DestinationInUse(RelayError):
    status, code, title = 409, "destination-in-use", "Destination in use"


class DestinationAddressWrong(RelayError):
    status, code, title = 422, "destination-address-wrong", "Destination address wrong"


class CredentialsRequired(RelayError):
    status, code, title = 422, "credentials-required", "Credentials required"


class DestinationUnavailable(RelayError):
    status, code, title = 503, "pacs-unavailable", "PACS unavailable"


class ExampleNotFound(RelayError):
    status, code, title = 404, "example-not-found", "Example not found"


class DeliveryNotFound(RelayError):
    status, code, title = 404, "delivery-not-found", "Delivery not found"


class FilesRemoved(RelayError):
    status, code, title = 410, "files-removed", "Files removed"


class DeliveryFinished(RelayError):
    status, code, title = 409, "delivery-finished", "Delivery finished"
