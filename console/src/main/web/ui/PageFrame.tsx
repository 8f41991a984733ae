import { PageSection } from '@patternfly/react-core';
import { useEffect, useRef, type ReactNode } from 'react';

let first = true;

/** A page's heading and body. Its heading takes the focus, so that a screen reader tells where one has come. */
export function PageFrame({
    title,
    lead,
    actions,
    children,
}: {
    title: string;
    lead?: ReactNode;
    actions?: ReactNode;
    children: ReactNode;
}) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        document.title = `${title} · Gantry`;
        if (!first) {
            heading.current?.focus({ preventScroll: true });
        }
        first = false;
    }, [title]);
    return (
        <PageSection>
            <div className="gantry-head">
                <div>
                    <h1 className="gantry-title" ref={heading} tabIndex={-1}>
                        {title}
                    </h1>
                    {lead !== undefined && <p className="gantry-lead">{lead}</p>}
                </div>
                {actions !== undefined && <div className="gantry-actions">{actions}</div>}
            </div>
            <div className="gantry-body">{children}</div>
        </PageSection>
    );
}
