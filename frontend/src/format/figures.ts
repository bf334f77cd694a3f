/** Figures as people read them, in the language of the page. */

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** 1536 → "1.5 kB": decimal units, as the disks' makers and most systems count. */
export function formatBytes(bytes: number, language: string): string {
  const power = Math.min(UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: UNITS[power] ?? "byte",
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}

/** 12.5 → "0:12.5", 3725 → "1:02:05": an instant or a length of a video. */
export function formatClock(seconds: number, fractionDigits = 0): string {
  const scale = 10 ** fractionDigits;
  const ticks = Math.round(seconds * scale);
  const whole = Math.floor(ticks / scale);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const padded = (value: number, width: number) => String(value).padStart(width, "0");
  const clock =
    hours > 0 ? `${hours}:${padded(minutes, 2)}:${padded(whole % 60, 2)}` : `${minutes}:${padded(whole % 60, 2)}`;
  return fractionDigits > 0 ? `${clock}.${padded(ticks % scale, fractionDigits)}` : clock;
}

/** 95 → "2 minutes": how long something may take yet; small units would be a false promise. */
export function formatWait(seconds: number, language: string): string {
  const [value, unit] =
    seconds < 60
      ? [Math.max(1, Math.round(seconds)), "second"]
      : seconds < 3600
        ? [Math.round(seconds / 60), "minute"]
        : [Math.round(seconds / 3600), "hour"];
  return new Intl.NumberFormat(language, { style: "unit", unit: String(unit), unitDisplay: "long" }).format(
    Number(value),
  );
}

/** Never 100 % before it is done. */
export function formatPercent(share: number, language: string): string {
  const whole = share >= 1 ? 1 : Math.min(0.99, Math.floor(share * 100) / 100);
  return new Intl.NumberFormat(language, { style: "percent" }).format(whole);
}

export function formatNumber(value: number, language: string, maximumFractionDigits = 0): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits }).format(value);
}

export function formatMoment(moment: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(moment));
}
