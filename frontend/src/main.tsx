/** The application starts here. */

import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { session } from "./api/client";
import { startTexts } from "./i18n";
import { cache, uploads } from "./platform";
import { router } from "./router";
import "./styles/index.css";
import { theme } from "./theme";

session.subscribe(() => {
  if (session.state === "signed-out") {
    uploads.clear();
    cache.clear();
    void router.invalidate();
  }
});

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");

await startTexts();

createRoot(root).render(
  <StrictMode>
    {/* The content security policy allows no style tags: variables and classes are in our style sheets. */}
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
