"""Runs every measurement, one after the other."""

from bench import delivery, intake, main_job

intake.main()
main_job.main()
delivery.main()
