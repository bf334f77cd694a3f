import { Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { TextLink } from "../components/links";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import classes from "./AccountForm.module.css";
import { emailFault, type FieldFault, newPasswordFault } from "./accountFields";

export interface AccountValues {
  name: string;
  email: string;
  password: string;
}

interface Props {
  kind: "signUp" | "logIn";
  /** Ends with the user signed in. */
  enter: (values: AccountValues) => Promise<void>;
}

interface Faults {
  email: FieldFault | null;
  password: FieldFault | null;
}

const NO_FAULTS: Faults = { email: null, password: null };

/** The form of both ways in. */
export function AccountForm({ kind, enter }: Props) {
  const { t } = useTranslation();
  const router = useRouter();
  const { next } = useSearch({ from: "/account" });
  const form = useRef<HTMLFormElement>(null);
  const [faults, setFaults] = useState(NO_FAULTS);
  const entering = useMutation({ mutationFn: enter, onSuccess: () => router.navigate({ href: next ?? "/videos" }) });
  const isNew = kind === "signUp";
  usePageTitle(t(`account.${kind}.title`));

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? "");
    const values = { name: text("name"), email: text("email").trim(), password: text("password") };
    const found = faultsOf(values, isNew);
    setFaults(found);
    if (found.email === null && found.password === null) entering.mutate(values);
    else field(form.current, found.email !== null ? "email" : "password")?.focus();
  };

  const told = (fault: FieldFault | null) => fault && t(`account.${fault}`);
  return (
    <form ref={form} onSubmit={submit} noValidate className={classes.form}>
      <Stack>
        <Title order={1}>{t(`account.${kind}.title`)}</Title>
        {next && kind === "logIn" && <Text>{t("account.next")}</Text>}
        {entering.error && <ProblemAlert error={entering.error} />}
        {isNew && (
          <TextInput name="name" label={t("account.name")} description={t("account.nameHint")} autoComplete="name" />
        )}
        <TextInput
          name="email"
          type="email"
          label={t("account.email")}
          error={told(faults.email)}
          autoComplete="email"
          required
        />
        <PasswordInput
          name="password"
          label={t("account.password")}
          description={isNew ? t("account.passwordHint") : undefined}
          error={told(faults.password)}
          autoComplete={isNew ? "new-password" : "current-password"}
          visibilityToggleButtonProps={{ "aria-label": t("account.showPassword"), tabIndex: 0 }}
          required
        />
        <Button type="submit" loading={entering.isPending}>
          {t(`account.${kind}.submit`)}
        </Button>
        <Text size="sm">
          {t(`account.${kind}.other`)}{" "}
          <TextLink to={isNew ? "/login" : "/signup"} search={next ? { next } : {}} inherit underline="always">
            {t(`account.${kind}.link`)}
          </TextLink>
        </Text>
      </Stack>
    </form>
  );
}

function faultsOf(values: AccountValues, isNew: boolean): Faults {
  const password = isNew ? newPasswordFault(values.password) : values.password === "" ? "required" : null;
  return { email: emailFault(values.email), password };
}

function field(form: HTMLFormElement | null, name: string): HTMLElement | null {
  const found = form?.elements.namedItem(name);
  return found instanceof HTMLElement ? found : null;
}
