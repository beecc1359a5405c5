"""Background work of analytics."""

from relaypacs.features.analytics.service.summarise import summarise

__all__ = ["summarise"]
