import "../../core/domain/kernel/repair-json-parse.ts";
import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { connectToHost } from "../host-client/connect.ts";
import { hostSource } from "../host-client/endpoint.ts";
import { App } from "./app.tsx";

const place = document.querySelector("#root");
if (!place) throw new Error("the page has no place for the application");
const source = hostSource(window);
createRoot(place).render(<StrictMode>{source ? <App connection={connectToHost(source)} /> : <NoToken />}</StrictMode>);

/** Somebody opened the address without what proves that it is the owner. */
function NoToken(): React.ReactElement {
  return (
    <p style={{ fontFamily: "sans-serif", margin: "4rem auto", maxWidth: "32rem" }}>
      This page needs the address that <code>signalbox desktop --web</code> prints, with everything after the #. Copy it from the terminal again.
    </p>
  );
}
