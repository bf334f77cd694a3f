"""Why a video gives no frames: stable codes, and what a person is told in English and Portuguese."""

from dataclasses import dataclass
from enum import StrEnum


class FailureCode(StrEnum):
    """Why an attempt ended without a result, or an upload without a file."""

    EMPTY = "empty"
    UNSUPPORTED_CONTAINER = "unsupported_container"
    UNSUPPORTED_CODEC = "unsupported_codec"
    NO_VIDEO = "no_video"
    NO_FRAMES = "no_frames"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    TOO_MANY_FRAMES = "too_many_frames"
    CROP_OUTSIDE = "crop_outside"
    TIMEOUT = "timeout"
    DECODER_CRASHED = "decoder_crashed"
    STORAGE = "storage"
    UPLOAD_EXPIRED = "upload_expired"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One sentence that says what happened, one that says what to do."""

    message: str
    hint: str


DEFAULT_LANGUAGE = "en"

_ENGLISH = {
    FailureCode.EMPTY: Explanation(
        "The file is empty.",
        "Check that the video plays on your device, then upload it again.",
    ),
    FailureCode.UNSUPPORTED_CONTAINER: Explanation(
        "This file is not a video in a format that we can read.",
        "Upload MP4, MOV, MKV, WebM, AVI, WMV, FLV, MPEG or OGG; renaming a file does not convert it.",
    ),
    FailureCode.UNSUPPORTED_CODEC: Explanation(
        "The video is stored with a compression that we cannot decode.",
        "Convert it to MP4 with H.264 and upload it again.",
    ),
    FailureCode.NO_VIDEO: Explanation(
        "The file has no video in it, only sound or a cover picture.",
        "Choose a file that shows moving pictures.",
    ),
    FailureCode.NO_FRAMES: Explanation(
        "Not a single picture of this video could be decoded.",
        "Check that it plays on your device; if it is protected or encrypted, upload an unprotected copy.",
    ),
    FailureCode.DAMAGED: Explanation(
        "The video is damaged or incomplete where frames were wanted.",
        "The copy or the transfer was probably cut off: upload the original file again, "
        "or choose a range that is intact.",
    ),
    FailureCode.TOO_LARGE: Explanation(
        "The picture is larger than we can process.",
        "Reduce it to at most 8192 pixels on each side and 33 megapixels, and upload it again.",
    ),
    FailureCode.TOO_MANY_FRAMES: Explanation(
        "These options would give more frames than one job may have.",
        "Ask for fewer frames a second, for a shorter range, or set a maximum number of frames.",
    ),
    FailureCode.CROP_OUTSIDE: Explanation(
        "The crop lies outside the picture.",
        "Choose x and y that are smaller than the picture's width and height.",
    ),
    FailureCode.TIMEOUT: Explanation(
        "Decoding this video took longer than we allow.",
        "Try a shorter range, or convert the video to MP4 with H.264 and upload it again.",
    ),
    FailureCode.DECODER_CRASHED: Explanation(
        "The decoder failed on this video again and again.",
        "Convert the video to MP4 with H.264 and upload it again.",
    ),
    FailureCode.STORAGE: Explanation(
        "The frames could not be stored.",
        "Nothing is wrong with your video: please try again later.",
    ),
    FailureCode.UPLOAD_EXPIRED: Explanation(
        "The upload was not finished in time.",
        "Upload the video again; an upload that was cut off can be continued, but not for ever.",
    ),
    FailureCode.INTERNAL: Explanation(
        "Something went wrong on our side.",
        "Nothing is wrong with your video: please try again later.",
    ),
}

_PORTUGUESE = {
    FailureCode.EMPTY: Explanation(
        "O arquivo está vazio.",
        "Confira se o vídeo abre no seu aparelho e envie-o de novo.",
    ),
    FailureCode.UNSUPPORTED_CONTAINER: Explanation(
        "Este arquivo não é um vídeo em um formato que conseguimos ler.",
        "Envie MP4, MOV, MKV, WebM, AVI, WMV, FLV, MPEG ou OGG; mudar o nome do arquivo não o converte.",
    ),
    FailureCode.UNSUPPORTED_CODEC: Explanation(
        "O vídeo usa uma compressão que não conseguimos decodificar.",
        "Converta-o para MP4 com H.264 e envie-o de novo.",
    ),
    FailureCode.NO_VIDEO: Explanation(
        "O arquivo não contém vídeo, apenas som ou uma imagem de capa.",
        "Escolha um arquivo que tenha imagens em movimento.",
    ),
    FailureCode.NO_FRAMES: Explanation(
        "Nenhuma imagem deste vídeo pôde ser decodificada.",
        "Confira se ele abre no seu aparelho; se for protegido ou criptografado, envie uma cópia sem proteção.",
    ),
    FailureCode.DAMAGED: Explanation(
        "O vídeo está danificado ou incompleto onde havia quadros pedidos.",
        "A cópia ou o envio provavelmente foi interrompido: envie o arquivo original de novo "
        "ou escolha um trecho íntegro.",
    ),
    FailureCode.TOO_LARGE: Explanation(
        "A imagem é maior do que conseguimos processar.",
        "Reduza-a para no máximo 8192 pixels de lado e 33 megapixels e envie o vídeo de novo.",
    ),
    FailureCode.TOO_MANY_FRAMES: Explanation(
        "Estas opções dariam mais quadros do que um trabalho pode ter.",
        "Peça menos quadros por segundo, um trecho mais curto ou defina um número máximo de quadros.",
    ),
    FailureCode.CROP_OUTSIDE: Explanation(
        "O recorte fica fora da imagem.",
        "Escolha x e y menores que a largura e a altura da imagem.",
    ),
    FailureCode.TIMEOUT: Explanation(
        "A decodificação deste vídeo demorou mais do que o permitido.",
        "Tente um trecho mais curto ou converta o vídeo para MP4 com H.264 e envie-o de novo.",
    ),
    FailureCode.DECODER_CRASHED: Explanation(
        "O decodificador falhou repetidamente neste vídeo.",
        "Converta o vídeo para MP4 com H.264 e envie-o de novo.",
    ),
    FailureCode.STORAGE: Explanation(
        "Os quadros não puderam ser armazenados.",
        "Não há nada de errado com o seu vídeo: tente novamente mais tarde.",
    ),
    FailureCode.UPLOAD_EXPIRED: Explanation(
        "O envio não foi concluído a tempo.",
        "Envie o vídeo de novo; um envio interrompido pode ser retomado, mas não para sempre.",
    ),
    FailureCode.INTERNAL: Explanation(
        "Algo deu errado do nosso lado.",
        "Não há nada de errado com o seu vídeo: tente novamente mais tarde.",
    ),
}

EXPLANATIONS = {"en": _ENGLISH, "pt-BR": _PORTUGUESE}


def explain(code: str, language: str = DEFAULT_LANGUAGE) -> Explanation:
    """What a person is told about a code; an unknown language gets English, an unknown code the words of `internal`."""
    texts = EXPLANATIONS.get(language, EXPLANATIONS[DEFAULT_LANGUAGE])
    return texts[FailureCode(code) if is_known(code) else FailureCode.INTERNAL]


def is_known(code: str) -> bool:
    """Whether there are words for it."""
    return code in FailureCode.__members__.values()
