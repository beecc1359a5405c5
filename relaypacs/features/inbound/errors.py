"""What can go wrong with studies that come in by DICOM, in the order in which a request meets it."""

from relaypacs.core.errors import RelayError


class CredentialsMissing(RelayError):
    status, code, title = 401, "credentials-missing", "Credentials missing"


class BasicWithSecondFactor(RelayError):
    status, code, title = 403, "basic-with-second-factor", "Second factor needed"


class MediaTypeUnsupported(RelayError):
    status, code, title = 415, "media-type-unsupported", "Media type unsupported"


class MultipartBroken(RelayError):
    status, code, title = 400, "multipart-broken", "Multipart body broken"


class InstanceTooLarge(RelayError):
    status, code, title = 413, "instance-too-large", "Instance too large"


class TooManyInstances(RelayError):
    status, code, title = 503, "too-many-instances", "Too many instances in one study"


class SenderNotActive(RelayError):
    status, code, title = 403, "sender-not-active", "Sender not active"
