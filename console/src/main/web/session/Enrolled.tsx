import { Alert, Button } from '@patternfly/react-core';
import { lazy, Suspense } from 'react';
import type { Enrolment } from '../api/views';
import { Loading } from '../ui/Panel';
import { Copyable } from '../ui/Teach';

const QrCode = lazy(() => import('../ui/QrCode'));

/** An authenticator application's secret, to be scanned or typed. */
export function AppSecret({ enrolment }: { enrolment: Enrolment }) {
    return (
        <div className="gantry-stack">
            <p>Scan the code with your authenticator app, or type the secret there.</p>
            <Suspense fallback={<Loading what="the code" />}>
                <QrCode text={enrolment.otpauth_uri} label="QR code of the secret for your authenticator app" />
            </Suspense>
            <Copyable text={enrolment.secret} label="the secret" />
        </div>
    );
}

/** Recovery codes, which nobody can show again. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
    const file = `data:text/plain;charset=utf-8,${encodeURIComponent(codes.join('\n') + '\n')}`;
    return (
        <div className="gantry-stack">
            <Alert component="p" isInline variant="warning" title="Your recovery codes are shown this once">
                Keep them where you find them without your app. Each works once.
            </Alert>
            <ul className="gantry-codes" aria-label="Recovery codes">
                {codes.map((code) => (
                    <li key={code}>
                        <code>{code}</code>
                    </li>
                ))}
            </ul>
            <div className="gantry-row">
                <Button onClick={onDone}>I have stored them</Button>
                <Button variant="secondary" onClick={() => void navigator.clipboard.writeText(codes.join('\n'))}>
                    Copy
                </Button>
                <Button variant="link" component="a" href={file} download="gantry-recovery-codes.txt">
                    Download
                </Button>
            </div>
        </div>
    );
}
