"""A setting that is missing or wrong stops the start, names itself, and tells no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.foundation.settings import Settings, SettingsRefused, read_settings

RIGHT = {
    "DATABASE_URL": "postgresql://mila:woord@localhost/meldingen",
    "SECRET_KEY": "a secret for tests, long enough to be one",
}

WRONG = {
    "DATABASE_URL": ["", "mysql://localhost/x", "localhost", "postgresql:/x"],
    "MAP_DATABASE_URL": ["mysql://localhost/x"],
    "SECRET_KEY": ["", "too short"],
    "BASE_URL": [
        "",
        "meldingen.nl",
        "ftp://meldingen.nl",
        "https://",
        "https:///",
        "https://a b.nl",
        "https://meldingen.nl/path",
        "https://meldingen.nl?x=1",
        "https://mila@meldingen.nl",
    ],
    "PORT": ["", "0", "65536", "-1", "http", "80.5"],
    "MUNICIPALITY_NAME": [""],
    "MUNICIPALITY_CODE": ["", "0851", "GM851", "GM08511", "gm0851"],
    "CONTACT_EMAIL": ["", "nobody", "a@b@c", "a b@c"],
    "ACCENT_COLOUR": ["", "#ff0000", "Green"],
    "TRUSTED_PROXIES": ["-1", "6", "all"],
    "RATE_LIMITS": ["", "yes", "OFF", "0"],
    "TILE_URL": ["tiles", "https://tiles.example/{z}/{x}.png", "javascript:{z}{x}{y}"],
    "ADDRESS_SERVICE": ["", "google"],
    "LOG_LEVEL": ["", "TRACE", "info"],
    "WEB_PROCESSES": ["0", "65", "two"],
    "WEB_THREADS": ["0", "65", ""],
    "BODY_SILENCE_SECONDS": ["0", "-1", "601", "soon"],
    "BODY_GRACE_SECONDS": ["0", "601", ""],
    "BODY_LEAST_BYTES_PER_SECOND": ["0", "-2000", "fast"],
    "BODIES_AT_ONCE": ["0", "1.5", "many"],
    "BODIES_AT_ONCE_OF_ONE_CLIENT": ["0", "none"],
    "BODY_LONGEST_SECONDS": ["0", "86401"],
    "IMPORT_AT_MOST_MB": ["0", "4001", "all"],
    "RETENTION_DAYS": ["0", "-1", "ninety"],
    "CONTACT_LOG_DAYS": ["0", "a year"],
    "OIDC_ISSUER": ["login.example", "http://login.example"],
    "OIDC_LABEL": ["", "x" * 41],
    "OIDC_EMAIL": ["", "any"],
    "OIDC_SIGN_OUT": ["", "there"],
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets is set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)


class TestAWrongSetting:
    @pytest.mark.parametrize(
        ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
    )
    def test_names_itself_and_nothing_else(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        monkeypatch.setenv(name, value)

        with pytest.raises(SettingsRefused) as refused:
            read_settings()

        lines = str(refused.value).splitlines()[1:]
        assert [line.partition(":")[0].strip() for line in lines] == [name]

    def test_is_told_with_all_others_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORT", "http")
        monkeypatch.setenv("LOG_LEVEL", "loud")

        with pytest.raises(SettingsRefused, match=r"(?s)PORT: .*LOG_LEVEL: "):
            read_settings()

    def test_tells_no_secret(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SECRET_KEY", "geheimpje")
        monkeypatch.setenv("DATABASE_URL", "mysql://mila:wachtwoord@localhost")

        with pytest.raises(SettingsRefused) as refused:
            read_settings()

        assert "geheimpje" not in str(refused.value)
        assert "wachtwoord" not in str(refused.value)

    @pytest.mark.parametrize("name", RIGHT)
    def test_that_is_missing_names_itself(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        monkeypatch.delenv(name)

        with pytest.raises(SettingsRefused, match=name):
            read_settings()

    def test_of_each_name_is_tried_here(self) -> None:
        free_to_choose = {"DATA_DIR", "CONTACT_PHONE", "TILE_ATTRIBUTION"}
        # Wrong together, which signing in there tells at the start; see its own tests.
        free_to_choose |= {
            "OIDC_CLIENT_ID",
            "OIDC_CLIENT_SECRET",
            "OIDC_TENANT",
            "OIDC_GROUPS_CLAIM",
            "OIDC_ROLES",
        }

        assert set(WRONG) | free_to_choose == {name.upper() for name in Settings.model_fields}


class TestTheSettings:
    def test_are_read_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BASE_URL", "https://meldingen.example/")
        monkeypatch.setenv("PORT", "8123")
        monkeypatch.setenv("DATA_DIR", "/var/lib/straatbeeld")

        settings = read_settings()

        assert settings.base_url == "https://meldingen.example"
        assert settings.is_https
        assert settings.port == 8123
        assert settings.photo_folder == Path("/var/lib/straatbeeld/photos")

    def test_given_by_hand_come_before_the_environment(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PORT", "8123")

        assert read_settings(port=8124).port == 8124

    @pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:8000", "https://a.nl"])
    def test_take_an_address_as_residents_type_it(self, url: str) -> None:
        assert read_settings(base_url=url).base_url == url

    @pytest.mark.parametrize(
        "url", ["none", "NONE", "", "https://{s}.tiles.nl/{z}/{x}/{y}.png", "/tiles/{z}/{x}/{y}"]
    )
    def test_take_tiles_from_anywhere_or_nowhere(self, url: str) -> None:
        assert read_settings(tile_url=url).tile_url == url

    def test_do_not_change_afterwards(self) -> None:
        settings = read_settings()

        with pytest.raises(ValueError, match="frozen"):
            settings.port = 1  # type: ignore[misc]  # what must not be possible

    def test_hide_the_secret_when_they_are_printed(self) -> None:
        assert RIGHT["SECRET_KEY"] not in repr(read_settings())
