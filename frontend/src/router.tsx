/** The addresses of the page. */

import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  redirect,
  useRouter,
} from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { session } from "./api/client";
import { Layout } from "./components/Layout";
import { ProblemAlert } from "./components/ProblemAlert";
import { LandingPage } from "./pages/LandingPage";
import { NotFoundPage } from "./pages/NotFoundPage";
import { SignedIn } from "./pages/SignedIn";

const rootRoute = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage, errorComponent: Failed });

/** Pages for people who are not signed in; the others go on to their videos. */
const publicRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "public",
  beforeLoad: async () => {
    if ((await session.restore()) === "signed-in") throw redirect({ to: "/videos" });
  },
});

const landingRoute = createRoute({ getParentRoute: () => publicRoute, path: "/", component: LandingPage });

interface Entry {
  /** Where to go afterwards: a path of this page. */
  next?: string;
}

const validateSearch = (search: Record<string, unknown>): Entry =>
  typeof search.next === "string" && /^\/(?![/\\])/.test(search.next) ? { next: search.next } : {};

const entryRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "entry",
  validateSearch,
  beforeLoad: async ({ search }) => {
    if ((await session.restore()) === "signed-in") throw redirect({ href: search.next ?? "/videos" });
  },
});

const logInRoute = createRoute({
  getParentRoute: () => entryRoute,
  path: "/login",
  component: lazyRouteComponent(() => import("./pages/LogInPage"), "LogInPage"),
});

const signUpRoute = createRoute({
  getParentRoute: () => entryRoute,
  path: "/signup",
  component: lazyRouteComponent(() => import("./pages/SignUpPage"), "SignUpPage"),
});

/** Pages for everybody: links of mails may be opened in any browser. */
const openRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "open",
  beforeLoad: async () => {
    await session.restore();
  },
});

const forgotPasswordRoute = createRoute({
  getParentRoute: () => openRoute,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("./pages/ForgotPasswordPage"), "ForgotPasswordPage"),
});

const resetPasswordRoute = createRoute({
  getParentRoute: () => openRoute,
  path: "/reset-password",
  component: lazyRouteComponent(() => import("./pages/ResetPasswordPage"), "ResetPasswordPage"),
});

const verifyEmailRoute = createRoute({
  getParentRoute: () => openRoute,
  path: "/verify-email",
  component: lazyRouteComponent(() => import("./pages/VerifyEmailPage"), "VerifyEmailPage"),
});

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  beforeLoad: async ({ location }) => {
    if ((await session.restore()) === "signed-out") throw redirect({ to: "/login", search: { next: location.href } });
  },
  component: SignedIn,
});

const libraryRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/videos",
  component: lazyRouteComponent(() => import("./pages/LibraryPage"), "LibraryPage"),
});

const videoRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/videos/$videoId",
  component: lazyRouteComponent(() => import("./pages/VideoPage"), "VideoPage"),
});

const accountRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/account",
  component: lazyRouteComponent(() => import("./pages/AccountPage"), "AccountPage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    publicRoute.addChildren([landingRoute]),
    entryRoute.addChildren([logInRoute, signUpRoute]),
    openRoute.addChildren([forgotPasswordRoute, resetPasswordRoute, verifyEmailRoute]),
    signedInRoute.addChildren([libraryRoute, videoRoute, accountRoute]),
  ]),
  defaultPreload: "intent",
  defaultPendingComponent: Pending,
  defaultErrorComponent: Failed,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

function Pending() {
  const { t } = useTranslation();
  return <p role="status">{t("app.loading")}</p>;
}

function Failed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return <ProblemAlert error={error} onRetry={again} />;
}
