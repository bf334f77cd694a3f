import { session } from "../api/client";
import { AccountForm } from "./AccountForm";

export function LogInPage() {
  return <AccountForm kind="logIn" enter={({ email, password }) => session.signIn(email, password)} />;
}
