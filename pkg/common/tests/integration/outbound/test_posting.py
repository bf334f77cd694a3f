"""One request to where a user wants it: guarded, bounded, verified."""

import asyncio
import ipaddress
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fiapx_common.outbound import (
    GuardedConnecting,
    Limits,
    Poster,
    Target,
    TargetFailed,
    TargetForbidden,
    TargetRules,
    read_target,
)
from fiapx_testing.receivers import Receiver, Reply, receiving

PATIENT = Limits(connect_s=60, read_s=60, total_s=120)
NAME = "receiver.example"


def anywhere(_address: str) -> bool:
    return True


def poster(limits: Limits = PATIENT, *addresses: str, ca_file: Path | None = None) -> Poster:
    """Goes anywhere; with addresses each name has these."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    connecting = GuardedConnecting(anywhere, resolve) if addresses else GuardedConnecting(anywhere)
    return Poster(connecting, limits, ca_file)


def target(receiver: Receiver, path: str = "/hook", host: str = "127.0.0.1") -> Target:
    url = receiver.url.replace("127.0.0.1", host)
    return read_target(f"{url}{path}", TargetRules(private=True))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as started:
        yield started


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an authority of its own, for the name and for 127.0.0.1; its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    names = [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.with_suffix(".key").write_bytes(private)
    return path


async def test_a_request_arrives_as_it_was_sent_and_its_answer_comes_back(receiver: Receiver) -> None:
    receiver.reply = Reply(200, {"X-Own": "yes"}, b"thanks")
    answer = await poster().post(target(receiver, "/a/hook?b=%20c"), {"Content-Type": "text/plain"}, b"hello")
    (request,) = receiver.received
    assert (request.path, request.body, request.headers["content-type"]) == ("/a/hook?b=%20c", b"hello", "text/plain")
    assert request.headers["host"] == receiver.url.removeprefix("http://")
    assert (answer.status, answer.headers["x-own"], answer.beginning) == (200, "yes", b"thanks")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0"])
async def test_no_form_of_a_loopback_address_is_reached(receiver: Receiver, host: str) -> None:
    with pytest.raises(TargetForbidden):
        await Poster(GuardedConnecting(), PATIENT).post(target(receiver, host=host), {}, b"")
    assert receiver.received == []


async def test_a_name_one_of_whose_addresses_is_private_is_not_reached_at_all(receiver: Receiver) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["203.0.113.7", "127.0.0.1"]

    def documentation(address: str) -> bool:
        return address.startswith("203.")

    guarded = Poster(GuardedConnecting(documentation, resolve), PATIENT)
    with pytest.raises(TargetForbidden):
        await guarded.post(target(receiver, host=NAME), {}, b"")
    assert receiver.received == []


async def test_a_name_is_asked_once_and_the_address_that_was_judged_is_connected_to(receiver: Receiver) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    judged: list[str] = []

    async def rebinding(_host: str, _port: int) -> Sequence[str]:
        return answers.pop(0)

    def judge(address: str) -> bool:
        judged.append(address)
        return True

    answer = await Poster(GuardedConnecting(judge, rebinding), PATIENT).post(target(receiver, host=NAME), {}, b"")
    assert (answer.status, judged, answers) == (204, ["127.0.0.1"], [["10.0.0.1"]])
    assert receiver.received[0].headers["host"].startswith(f"{NAME}:")


async def test_the_next_address_of_a_name_is_tried_where_one_does_not_answer(receiver: Receiver) -> None:
    answer = await poster(PATIENT, "127.0.0.99", "127.0.0.1").post(target(receiver, host=NAME), {}, b"")
    assert answer.status == 204


@pytest.mark.parametrize("host", ["no-such-name.invalid", f"{'a' * 64}.example"])
async def test_a_name_that_nobody_has_is_a_failure_with_words(host: str) -> None:
    with pytest.raises(TargetFailed, match="name is not known"):
        await poster().post(Target("http", host, 80, "/"), {}, b"")


async def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.reply = Reply(307, {"Location": f"{receiver.url}/other"})
    answer = await poster().post(target(receiver), {}, b"hello")
    assert (answer.status, [request.path for request in receiver.received]) == (307, ["/hook"])


async def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await poster().post(target(receiver), {}, b"")).status == 204


async def test_certificates_are_verified_for_the_name_and_not_for_the_address(certificate: Path) -> None:
    with receiving(certificate) as receiver:
        trusting = poster(PATIENT, "127.0.0.1", ca_file=certificate)
        assert (await trusting.post(target(receiver, host=NAME), {}, b"")).status == 204
        with pytest.raises(TargetFailed, match="certificate"):
            await trusting.post(target(receiver, host="other.example"), {}, b"")


async def test_a_certificate_of_an_unknown_authority_is_refused(certificate: Path) -> None:
    with receiving(certificate) as receiver:
        with pytest.raises(TargetFailed, match="certificate"):
            await poster().post(target(receiver), {}, b"")
        assert receiver.received == []


async def test_of_a_large_answer_only_the_beginning_is_read_and_the_rest_not_waited_for(receiver: Receiver) -> None:
    receiver.reply = Reply(500, {"Content-Length": "1000000000"}, b"x" * 5000)
    answer = await poster().post(target(receiver), {}, b"")
    assert (answer.status, answer.beginning) == (500, b"x" * 4096)


@pytest.mark.parametrize(
    ("limits", "reply", "words"),
    [
        (Limits(5, 0.3, 60), Reply(after_s=5), "No answer in time"),
        (Limits(5, 5, 0.5), Reply(200, body=b"x" * 100, drip_s=0.1), r"within 0\.5 s"),
    ],
    ids=["silent", "dripping"],
)
async def test_a_slow_receiver_is_left(receiver: Receiver, limits: Limits, reply: Reply, words: str) -> None:
    receiver.reply = reply
    began = time.monotonic()
    with pytest.raises(TargetFailed, match=words):
        await poster(limits).post(target(receiver), {}, b"")
    assert time.monotonic() - began < 4


async def test_a_receiver_that_takes_no_connection_is_a_failure_with_words() -> None:
    with pytest.raises(TargetFailed, match="No connection"):
        await poster().post(Target("http", "127.0.0.1", 1, "/"), {}, b"")


async def test_what_is_not_http_is_a_failure_with_words() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\nhello")
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TargetFailed, match="is not HTTP"):
            await poster().post(Target("http", "127.0.0.1", port, "/"), {}, b"hello")
