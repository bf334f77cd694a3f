/** How the frames' pictures are stored: the choice on the page, as the API's options. */

export const FORMATS = ["png", "jpeg", "webp"] as const;
export type PictureFormat = (typeof FORMATS)[number];

export type PictureChoice = { format: "png" } | { format: "jpeg" | "webp"; quality: string };

export const QUALITY_LOWEST = 1;
export const QUALITY_HIGHEST = 100;
/** What the API takes where nothing is said. */
const USUAL_QUALITY = { jpeg: "90", webp: "80" } as const;

export function choiceOf(format: PictureFormat): PictureChoice {
  return format === "png" ? { format } : { format, quality: USUAL_QUALITY[format] };
}

/** A quality as typed, or null if it is none. */
export function readQuality(typed: string): number | null {
  const text = typed.trim();
  if (!/^\d{1,3}$/.test(text)) return null;
  const quality = Number(text);
  return quality >= QUALITY_LOWEST && quality <= QUALITY_HIGHEST ? quality : null;
}

export function isPictureValid(choice: PictureChoice): boolean {
  return choice.format === "png" || readQuality(choice.quality) !== null;
}

/** The options' part about pictures; PNG is what the API takes anyway. */
export function pictureOptions(choice: PictureChoice): { format?: string; quality?: number | null } {
  return choice.format === "png" ? {} : { format: choice.format, quality: readQuality(choice.quality) };
}
