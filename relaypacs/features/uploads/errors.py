"""What can go wrong with an upload, in the order in which an upload meets it."""

from relaypacs.core.errors import RelayError

ACCOUNT_DISABLED = "The account that opened this upload is not active any more."


class TooManyOpenUploads(RelayError):
    status, code, title = 429, "too-many-open-uploads", "Too many open uploads"


class UploadTokenInvalid(RelayError):
    status, code, title = 401, "invalid-upload-token", "Missing or invalid upload token"


class UploadNotFound(RelayError):
    status, code, title = 404, "upload-not-found", "Upload not found"


class FileNotInUpload(RelayError):
    status, code, title = 404, "file-not-in-upload", "File not in this upload"


class UploadExpired(RelayError):
    status, code, title = 410, "upload-expired", "Upload expired"


class UploadClosed(RelayError):
    status, code, title = 409, "upload-closed", "Upload closed"


class DigestMissing(RelayError):
    status, code, title = 400, "digest-missing", "Digest missing"


class DigestMalformed(RelayError):
    status, code, title = 400, "digest-malformed", "Digest malformed"


class EncodingUnsupported(RelayError):
    status, code, title = 415, "encoding-unsupported", "Content encoding unsupported"


class ChunkIndexOutOfRange(RelayError):
    status, code, title = 422, "chunk-index-out-of-range", "Chunk index out of range"


class ChunkSizeMismatch(RelayError):
    status, code, title = 422, "chunk-size-mismatch", "Chunk size mismatch"


class ChunkChecksumMismatch(RelayError):
    status, code, title = 422, "chunk-checksum-mismatch", "Chunk checksum mismatch"


class ChunkEncodingBroken(RelayError):
    status, code, title = 422, "chunk-encoding-broken", "Chunk encoding broken"


class ChunkConflict(RelayError):
    status, code, title = 409, "chunk-conflict", "Chunk conflict"


class ChunksMissing(RelayError):
    status, code, title = 409, "chunks-missing", "Chunks missing"


class UploadNotHeld(RelayError):
    status, code, title = 409, "upload-not-held", "Upload not held"


class DecisionImpossible(RelayError):
    status, code, title = 422, "decision-impossible", "Decision impossible"


class NoAcceptableInstance(RelayError):
    status, code, title = 422, "no-acceptable-instance", "No acceptable instance"


class DuplicateStudy(RelayError):
    status, code, title = 409, "duplicate-study", "Duplicate study"
