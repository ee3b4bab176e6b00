import type { ReactElement } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { revealHidden } from "../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../i18n/language.tsx";
import style from "./foreign-text.module.css";

/** Markdown that somebody else wrote. HTML in it is text, nothing is loaded for it, and its links say where they lead and lead only to the web. */
export function Markdown({ text }: { readonly text: string }): ReactElement {
  return (
    <div className={style["markdown"]}>
      <ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={webAddress}>
        {revealHidden(text)}
      </ReactMarkdown>
    </div>
  );
}

const plugins = [remarkGfm];

/** @returns the address when it is one of the web, else nothing: no `javascript:`, no `file:`, no `data:`. */
export function webAddress(address: string): string {
  try {
    const { protocol, href } = new URL(address);
    return protocol === "https:" || protocol === "http:" ? href : "";
  } catch {
    return "";
  }
}

const components: Components = {
  a: ({ href, children }) =>
    href === undefined || href === "" ? (
      <>{children}</>
    ) : (
      <a href={href} title={href} target="_blank" rel="noreferrer noopener">
        {children}
      </a>
    ),
  img: ({ alt, src }) => <NotLoaded name={alt ?? (typeof src === "string" ? src : "")} />,
  input: ({ checked }) => <input type="checkbox" checked={checked === true} readOnly tabIndex={-1} />,
};

function NotLoaded({ name }: { readonly name: string }): ReactElement {
  const { say } = useSpeech();
  return <span className={style["image"]}>{say("markdown.image", { name })}</span>;
}
