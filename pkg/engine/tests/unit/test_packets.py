import pytest
from fiapx_engine.decoder_log import DemuxerLog, SeenFrame
from fiapx_engine.packets import damaged_packets, ends_broken, packet_of, packets_from_frames
from fiapx_engine.timeline import Packet


def packet(dts: int, position: int = 0) -> Packet:
    return Packet(dts, dts, 1, position, keyframe=False, discarded=False)


def test_a_packet_is_read_from_its_line() -> None:
    assert packet_of("-15360,-16384,512,48,KD") == Packet(-15360, -16384, 512, 48, keyframe=True, discarded=True)


def test_missing_numbers_are_missing() -> None:
    assert packet_of("N/A,0,N/A,N/A,__") == Packet(None, 0, 0, None, keyframe=False, discarded=False)


def test_side_data_after_the_flags_is_ignored() -> None:
    assert packet_of("132000,126000,3000,564,K_,MPEGTS Stream ID,224") is not None


@pytest.mark.parametrize("line", ["", "\n", "1,2"])
def test_other_lines_are_no_packets(line: str) -> None:
    assert packet_of(line) is None


def test_a_corrupt_packet_is_found_by_its_decoding_time() -> None:
    assert damaged_packets([packet(0), packet(10), packet(20)], DemuxerLog(0, corrupt_dts=[10])) == {1}


@pytest.mark.parametrize(("hole", "damaged"), [(150, {1}), (100, {0}), (10_000, {2}), (0, {0})])
def test_a_hole_damages_the_packet_before_it(hole: int, damaged: set[int]) -> None:
    packets = [packet(0, 50), packet(10, 100), packet(20, 200)]

    assert damaged_packets(packets, DemuxerLog(0, holes=[hole])) == damaged


def test_only_captures_may_end_in_the_middle_of_a_packet() -> None:
    log = DemuxerLog(0, corrupt_dts=[10])

    assert ends_broken("flv", [packet(0), packet(10)], log)
    assert not ends_broken("mpegts", [packet(0), packet(10)], log)
    assert not ends_broken("flv", [packet(10), packet(20)], log)


def test_decoded_frames_get_times_that_rise() -> None:
    frames = [SeenFrame(pts, keyframe=False, intra=False, broken=False) for pts in (5, None, 6, 20, 20)]

    assert [made.pts for made in packets_from_frames(frames, 3)] == [5, 8, 11, 20, 23]


def test_frames_without_any_time_begin_at_zero() -> None:
    frames = [SeenFrame(None, keyframe=False, intra=False, broken=False)] * 2

    assert [made.pts for made in packets_from_frames(frames, 0)] == [0, 1]
