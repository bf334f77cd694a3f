/** Mantine's theme. Colours that decide about contrast are in `styles/theme.css`, since the CSP allows no style tags. */

import { createTheme } from "@mantine/core";

export const theme = createTheme({
  cursorType: "pointer",
  respectReducedMotion: true,
  defaultRadius: "md",
});
