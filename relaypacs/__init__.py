"""RelayPACS Gateway: takes DICOM studies over bad links and proves that they are in the PACS."""

from importlib.metadata import version

__version__ = version("relaypacs")
