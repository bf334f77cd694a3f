"""What a user should know of a result that is good all the same."""

from dataclasses import dataclass
from enum import StrEnum


class WarningCode(StrEnum):
    MAX_FRAMES_REACHED = "max_frames_reached"
    RANGE_BEYOND_END = "range_beyond_end"
    RANGE_WITHOUT_FRAME = "range_without_frame"
    FIRST_FRAME_ONLY = "first_frame_only"
    BEYOND_END = "beyond_end"
    NEAREST_FRAME_ONLY = "nearest_frame_only"
    CROP_CUT = "crop_cut"
    NOT_TONE_MAPPED = "not_tone_mapped"
    CUT_OFF = "cut_off"
    DAMAGED = "damaged"
    DEDUPLICATED = "deduplicated"


_TEXTS = {
    WarningCode.MAX_FRAMES_REACHED: {
        "en": "The options would give {count} frames; only the first {kept} were made, as max_frames says.",
        "pt-BR": "As opções dariam {count} quadros; apenas os primeiros {kept} foram feitos, como pede max_frames.",
    },
    WarningCode.RANGE_BEYOND_END: {
        "en": "The range begins after the end of the video; its last frame was taken.",
        "pt-BR": "O trecho começa depois do fim do vídeo; foi usado o último quadro.",
    },
    WarningCode.RANGE_WITHOUT_FRAME: {
        "en": "The range holds no frame of the video; the one on screen at its start was taken.",
        "pt-BR": "O trecho não contém nenhum quadro do vídeo; foi usado o que estava na tela no seu início.",
    },
    WarningCode.FIRST_FRAME_ONLY: {
        "en": "What was looked at is shorter than half an interval, for which ffmpeg gives no frame; "
        "its first frame was taken.",
        "pt-BR": "O que foi examinado é mais curto que meio intervalo, caso em que o ffmpeg não dá nenhum quadro; "
        "foi usado o primeiro.",
    },
    WarningCode.BEYOND_END: {
        "en": "Of what was asked for, {beyond} lie beyond the end of the video and give no frame.",
        "pt-BR": "Do que foi pedido, {beyond} ficam além do fim do vídeo e não dão nenhum quadro.",
    },
    WarningCode.NEAREST_FRAME_ONLY: {
        "en": "Nothing that was asked for lies within the video and the range; the nearest frame was taken.",
        "pt-BR": "Nada do que foi pedido fica dentro do vídeo e do trecho; foi usado o quadro mais próximo.",
    },
    WarningCode.CROP_CUT: {
        "en": "The crop reaches beyond the picture; what lies within was taken.",
        "pt-BR": "O recorte passa dos limites da imagem; foi usada a parte que fica dentro dela.",
    },
    WarningCode.NOT_TONE_MAPPED: {
        "en": "The video is HDR and was not tone-mapped: the ffmpeg at hand lacks zscale. Colours look pale.",
        "pt-BR": "O vídeo é HDR e não foi convertido para SDR: falta o zscale no ffmpeg. As cores ficam pálidas.",
    },
    WarningCode.CUT_OFF: {
        "en": "The file is cut off: what comes after its end is missing.",
        "pt-BR": "O arquivo está cortado: falta o que viria depois do seu fim.",
    },
    WarningCode.DAMAGED: {
        "en": "The video is damaged from {start_s} s to {end_s} s: frames there may be missing or wrong.",
        "pt-BR": "O vídeo está danificado de {start_s} s a {end_s} s: ali pode haver quadros ausentes ou errados.",
    },
    WarningCode.DEDUPLICATED: {
        "en": "{dropped} of {count} frames were dropped as nearly equal to the last kept one, as dedup says.",
        "pt-BR": "{dropped} de {count} quadros foram descartados por serem quase iguais ao último mantido, "
        "como pede dedup.",
    },
}


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """A stable code and its sentence by language tag."""

    code: WarningCode
    message: dict[str, str]


def warning(code: WarningCode, **figures: float) -> PlanWarning:
    """The warning with its sentence's figures: `count`, `kept`, `beyond`, `start_s`, `end_s`, `dropped`."""
    return PlanWarning(code, {language: text.format(**figures) for language, text in _TEXTS[code].items()})
