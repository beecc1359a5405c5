"""Studies that come in by DICOM itself: STOW-RS and C-STORE, into the same uploads as everything else."""
