"""Which stretches of packets must be decoded for the wanted frames, what they cost, and where work is cut."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fiapx_engine.timeline import Timeline

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class WorkRate:
    """Estimated CPU time on one core, measured with 1080p H.264 and ffmpeg's PNG encoder."""

    decode_ns_per_pixel: int = 5
    encode_ns_per_pixel: int = 30
    packet_ns: int = 20_000
    frame_ns: int = 300_000
    restart_ns: int = 300_000_000

    def decoding(self, packets: int, pixels: int) -> int:
        return packets * (pixels * self.decode_ns_per_pixel + self.packet_ns)

    def encoding(self, frames: int, pixels: int) -> int:
        return frames * (pixels * self.encode_ns_per_pixel + self.frame_ns)


@dataclass(slots=True)
class Span:
    """Packets `first`…`last` in decode order, which give the wanted `frames` (presentation order, each once)."""

    first: int
    last: int
    frames: list[int]

    @property
    def packets(self) -> int:
        return self.last - self.first + 1


def decode_spans(timeline: Timeline, frames: Iterable[int]) -> list[Span]:
    """One span for each keyframe that wanted frames start from, in presentation order.

    Of a stream that is not seekable there is one, from the beginning.
    """
    spans: list[Span] = []
    for frame in frames:
        first = timeline.start_packet(frame) if timeline.seekable else 0
        last = timeline.packets[frame]
        if spans and spans[-1].first == first:
            spans[-1].last = max(spans[-1].last, last)
            spans[-1].frames.append(frame)
        else:
            spans.append(Span(first, last, [frame]))
    return spans


def joined(spans: Sequence[Span], pixels: int, rate: WorkRate) -> list[Span]:
    """Neighbours made one where decoding the gap between them is cheaper than starting a decoder again."""
    runs: list[Span] = []
    for span in spans:
        if runs and _gap_ns(runs[-1], span, pixels, rate) < rate.restart_ns:
            runs[-1] = Span(runs[-1].first, max(runs[-1].last, span.last), [*runs[-1].frames, *span.frames])
        else:
            runs.append(Span(span.first, span.last, list(span.frames)))
    return runs


def work_ns(spans: Iterable[Span], pixels: int, rate: WorkRate) -> int:
    return sum(
        rate.decoding(span.packets, pixels) + rate.encoding(len(span.frames), pixels) + rate.restart_ns
        for span in spans
    )


def cut(spans: Sequence[Span], pixels: int, rate: WorkRate, segment_ns: int, most_frames: int) -> list[list[Span]]:
    """The spans in groups of about `segment_ns` of work and at most `most_frames` frames, cut at keyframes.

    A single span is never divided by its work (its second half would decode the first again), only by its frames.
    """
    groups: list[list[Span]] = []
    spent = frames = 0
    for span in (piece for whole in spans for piece in _divided(whole, most_frames)):
        work = rate.decoding(span.packets, pixels) + rate.encoding(len(span.frames), pixels)
        if groups:
            work += min(_gap_ns(groups[-1][-1], span, pixels, rate), rate.restart_ns)
        if not groups or spent + work > segment_ns or frames + len(span.frames) > most_frames:
            groups.append([])
            spent = frames = 0
        groups[-1].append(span)
        spent, frames = spent + work, frames + len(span.frames)
    return groups


def _gap_ns(span: Span, following: Span, pixels: int, rate: WorkRate) -> int:
    return rate.decoding(max(following.first - span.last - 1, 0), pixels)


def _divided(span: Span, most_frames: int) -> list[Span]:
    if len(span.frames) <= most_frames:
        return [span]
    pieces = [span.frames[at : at + most_frames] for at in range(0, len(span.frames), most_frames)]
    return [Span(span.first, span.last, piece) for piece in pieces]
