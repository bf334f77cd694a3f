/** Which frames the user wants: the choice on the page, as the API's options, and read back from them. */

import { type PictureChoice, pictureOptions } from "./pictures";

export type SamplingChoice = { preset: "second" } | { preset: "fps"; fps: string } | { preset: "legacy" };
export type Preset = SamplingChoice["preset"];

export const PRESETS: readonly Preset[] = ["second", "fps", "legacy"];
export const FPS_LOWEST = 0.001;
export const FPS_HIGHEST = 1000;

const DECIMAL = /^\d{1,4}(?:[.,]\d{1,18})?$/;
const RATIO = /^(\d{1,18})\/(\d{1,18})$/;

/** A rate as typed ("0,5", "29.97", "30000/1001") in the form that the API reads exactly; null if it is none. */
export function readFps(typed: string): string | null {
  const text = typed.trim().replace(/\s*\/\s*/, "/");
  const ratio = RATIO.exec(text);
  if (!ratio && !DECIMAL.test(text)) return null;
  const exact = text.replace(",", ".");
  const fps = ratio ? Number(ratio[1]) / Number(ratio[2]) : Number(exact);
  return fps >= FPS_LOWEST && fps <= FPS_HIGHEST ? exact : null;
}

/**
 * The options' JSON; numbers go as text, since a binary float would not be the number that was typed.
 *
 * The legacy preset decides about pictures, too.
 */
export function optionsJson(choice: SamplingChoice, pictures: PictureChoice): string {
  switch (choice.preset) {
    case "second":
      return JSON.stringify({ sampling: { rule: "fps", fps: 1 }, ...pictureOptions(pictures) });
    case "fps": {
      const fps = readFps(choice.fps) ?? choice.fps;
      return JSON.stringify({ sampling: { rule: "fps", fps }, ...pictureOptions(pictures) });
    }
    case "legacy":
      return JSON.stringify("legacy");
  }
}

/** What the page tells of a video's options; what it does not know it leaves out. */
export interface OptionsShown {
  rule: string;
  fps: string | null;
  start: string | null;
  end: string | null;
  maxFrames: string | null;
  format: string | null;
  quality: string | null;
  names: string | null;
}

/** The options as the API gives them back (canonical, all of them). */
export function shownOptions(options: unknown): OptionsShown {
  const sampling = field(options, "sampling");
  const range = field(options, "range");
  const start = text(field(range, "start_s"));
  return {
    rule: text(field(sampling, "rule")) ?? "",
    fps: text(field(sampling, "fps")),
    start: start === "0" ? null : start,
    end: text(field(range, "end_s")),
    maxFrames: text(field(options, "max_frames")),
    format: text(field(options, "format")),
    quality: text(field(options, "quality")),
    names: text(field(options, "name_template")),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
