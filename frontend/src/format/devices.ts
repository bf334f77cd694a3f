/** A browser's or program's name in plain words, from what it calls itself (RFC 9110, User-Agent). */

export interface Device {
  /** "Firefox", "curl"; null where it is not known. */
  program: string | null;
  /** "Windows", "Android"; null where it is not told. */
  system: string | null;
}

/** The first that fits; most browsers also claim to be those further down. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Headless)?Chrom(?:e|ium)\/|\bCriOS\//, "Chrome"],
  [/\bVersion\/\S+ .*\bSafari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

export function readDevice(userAgent: string): Device {
  return { program: named(PROGRAMS, userAgent) ?? ownName(userAgent), system: named(SYSTEMS, userAgent) };
}

function named(names: readonly (readonly [RegExp, string])[], userAgent: string): string | null {
  return names.find(([sign]) => sign.test(userAgent))?.[1] ?? null;
}

/** "curl/8.5.0" → "curl": programs that are no browsers say who they are in their first word. */
function ownName(userAgent: string): string | null {
  const [, name] = /^([A-Za-z][\w.-]*)\/[\w.-]+/.exec(userAgent) ?? [];
  return name === undefined || name === "Mozilla" ? null : name;
}
