"""Which stretches of packets must be decoded for the wanted frames, what they cost, and where work is cut."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fiapx_engine.timeline import Timeline

NANOSECONDS = 1_000_000_000
_GROWTH = 16
"""From one segment to the next, while they grow: each costs the start of a decoder, about 0.4 s of CPU time."""
_WORTH_IT = 6
"""Less work than so many small segments is done in one go."""


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


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large a job's segments may be. With `first_ns` the first is small, and each larger than the one before."""

    most_ns: int
    most_frames: int
    first_ns: int = 0

    def work_ns(self, number: int) -> int:
        """Of the segment of this number, from 0."""
        return min(self.most_ns, self.first_ns * _GROWTH ** min(number, 16)) if self.first_ns else self.most_ns

    def for_work(self, total_ns: int) -> "Sizes":
        """Where little is to be done at all, it is done in one go."""
        return self if total_ns > self.first_ns * _WORTH_IT else replace(self, first_ns=0)


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


def begun(timeline: Timeline, spans: Sequence[Span], pixels: int, rate: WorkRate, first_ns: int) -> list[Span]:
    """The spans, the first divided where `first_ns` of work is reached, so that its first frames need not wait for it.

    What is decoded twice for that costs less than `first_ns`; where one frame alone costs more, nothing is divided.
    """
    if not spans:
        return []
    whole, last = spans[0], spans[0].first
    for count, frame in enumerate(whole.frames):
        reached = max(last, timeline.packets[frame])
        work = rate.decoding(reached - whole.first + 1, pixels) + rate.encoding(count + 1, pixels)
        if work > first_ns:
            if count == 0:
                break
            pieces = [
                Span(whole.first, last, whole.frames[:count]),
                Span(whole.first, whole.last, whole.frames[count:]),
            ]
            return [*pieces, *spans[1:]]
        last = reached
    return list(spans)


def cut(spans: Sequence[Span], pixels: int, rate: WorkRate, sizes: Sizes) -> list[list[Span]]:
    """The spans in groups of about the size wanted, cut at keyframes.

    A single span is never divided by its work (its second half would decode the first again), only by its frames.
    """
    groups: list[list[Span]] = []
    spent = frames = 0
    for span in (piece for whole in spans for piece in _divided(whole, sizes.most_frames)):
        work = rate.decoding(span.packets, pixels) + rate.encoding(len(span.frames), pixels)
        if groups:
            work += min(_gap_ns(groups[-1][-1], span, pixels, rate), rate.restart_ns)
        is_full = spent + work > sizes.work_ns(len(groups) - 1) or frames + len(span.frames) > sizes.most_frames
        if not groups or is_full:
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
