import { useEffect, useRef, type ReactElement } from "react";

/** Seen when the end of a long effect comes into view: only then is it known to have been shown. */
export function EndMark({ seen }: { readonly seen: () => void }): ReactElement {
  const mark = useRef<HTMLDivElement>(null);
  const told = useRef(seen);
  told.current = seen;
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) told.current();
    });
    if (mark.current) observer.observe(mark.current);
    return () => observer.disconnect();
  }, []);
  return <div ref={mark} style={{ height: 1 }} />;
}
