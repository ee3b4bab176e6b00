import { Component, type ReactElement, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { revealHidden } from "../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../i18n/language.tsx";
import { ForeignBlock } from "./foreign-text.tsx";
import style from "./foreign-text.module.css";
import { isIntricate } from "./intricacy.ts";

/** Markdown beyond this takes longer to lay out than anybody wants to wait. In UTF-16 code units. */
export const longestMarkdown = 400_000;

/**
 * Markdown that somebody else wrote. HTML in it is text, nothing is loaded for it, and its links say where they lead and lead only to the web. What cannot be laid out in good time is
 * shown as it was written.
 */
export function Markdown({ text }: { readonly text: string }): ReactElement {
  if (text.length > longestMarkdown || isIntricate(text)) return <AsWritten text={text} />;
  return (
    <div className={style["markdown"]}>
      <Fallback key={text} instead={<AsWritten text={text} />}>
        <ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={webAddress}>
          {revealHidden(text)}
        </ReactMarkdown>
      </Fallback>
    </div>
  );
}

function AsWritten({ text }: { readonly text: string }): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <p className={style["note"]}>{say("foreign.asWritten")}</p>
      <ForeignBlock>{text}</ForeignBlock>
    </>
  );
}

interface FallbackProps {
  readonly instead: ReactNode;
  readonly children: ReactNode;
}

/** Markdown is read while it is drawn: a text that its reader breaks on takes no screen along. */
class Fallback extends Component<FallbackProps, { readonly failed: boolean }> {
  public override state = { failed: false };

  public static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  public override render(): ReactNode {
    return this.state.failed ? this.props.instead : this.props.children;
  }
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
