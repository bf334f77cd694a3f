"""Settings that contradict one another."""

import pytest
from auth_service.settings import TokenSettings
from pydantic import ValidationError


@pytest.mark.parametrize(
    "times",
    [
        {"key_lead_s": 329, "jwks_max_age_s": 300, "keys_reload_s": 30},
        {"key_lead_s": 900, "key_rotation_s": 900},
    ],
)
def test_times_by_which_a_key_would_sign_before_all_know_it_are_refused(times: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="must be more than"):
        TokenSettings.model_validate(times)
