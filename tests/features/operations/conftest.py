"""A gateway that delivers to a DICOMweb peer, as the tests of deliveries have it."""

from tests.features.deliveries.conftest import delivering, impatient, peer, to_peer

__all__ = ["delivering", "impatient", "peer", "to_peer"]
