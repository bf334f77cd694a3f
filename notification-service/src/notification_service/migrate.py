"""`python -m notification_service.migrate`, under the owner's role."""

from fiapx_common.postgres import main

from notification_service.settings import MigrationSettings

if __name__ == "__main__":
    settings = MigrationSettings()
    main(settings.postgres, settings.migrations_dir)
