import { Button, Text } from "@mantine/core";
import { Link, Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { session } from "../api/client";
import { useSessionState } from "../api/useSessionState";
import { apiOrigin } from "../config";
import { Announcements } from "./Announcements";
import { LanguageSelect } from "./LanguageSelect";
import classes from "./Layout.module.css";
import { TextLink } from "./links";

/** What stands around every page. */
export function Layout() {
  const { t } = useTranslation();
  return (
    <div className={classes.page}>
      <a className={classes.skip} href="#main">
        {t("app.skip")}
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.brand}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          {t("app.name")}
        </Link>
        <LanguageSelect className={classes.language} />
        <Self />
      </header>
      <Main />
      <footer className={classes.footer}>
        <Text size="sm" component="a" href={`${apiOrigin}/api/docs`}>
          {t("app.docs")}
        </Text>
      </footer>
      <Announcements />
    </div>
  );
}

function Main() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const shown = useRef(path);
  useEffect(() => {
    // A new page: the keyboard and screen readers go on there.
    if (shown.current !== undefined && shown.current !== path) main.current?.focus();
    shown.current = path;
  }, [path]);
  return (
    <main id="main" ref={main} tabIndex={-1} className={classes.main}>
      <Outlet />
    </main>
  );
}

/** What concerns whoever is signed in. */
function Self() {
  const { t } = useTranslation();
  const router = useRouter();
  if (useSessionState() !== "signed-in") return null;
  const leave = async () => {
    const ended = session.signOut();
    await router.navigate({ to: "/" });
    await ended;
  };
  return (
    <div className={classes.self}>
      <TextLink to="/account" underline="always">
        {t("profile.link")}
      </TextLink>
      <Button variant="default" size="sm" onClick={() => void leave()}>
        {t("account.signOut")}
      </Button>
    </div>
  );
}
