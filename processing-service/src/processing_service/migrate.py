"""`python -m processing_service.migrate`, under the owner's role."""

from fiapx_common.postgres import main

from processing_service.settings import MigrationSettings

if __name__ == "__main__":
    settings = MigrationSettings()
    main(settings.postgres, settings.migrations_dir)
