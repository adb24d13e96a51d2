"""The option `--settings` of the commands that read what `meridian control` reads."""

import argparse
import os
from pathlib import Path

from deploy.settings import ControlSettings
from runtime.settings import SettingsError, load

VARIABLE = "MERIDIAN_SETTINGS"


def add_settings_option(command: argparse.ArgumentParser) -> None:
    said = os.environ.get(VARIABLE)
    command.add_argument(
        "--settings",
        type=Path,
        default=Path(said) if said else None,
        help=f"of meridian control; by default ${VARIABLE}",
    )


def required_settings(options: argparse.Namespace) -> ControlSettings:
    """Raises SettingsError, also when neither option nor variable names a file."""
    if options.settings is None:
        raise SettingsError(f"give --settings FILE, or set {VARIABLE}")
    return load(ControlSettings, options.settings)
