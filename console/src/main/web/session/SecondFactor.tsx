import { ActionGroup, Alert, Button, Form, FormGroup, TextInput } from '@patternfly/react-core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call } from '../api/client';
import type { Challenge, NewSession, Session } from '../api/views';
import { Help, Refusal } from '../ui/Dialogs';
import { Loaded } from '../ui/Panel';
import { Copyable } from '../ui/Teach';

const CODES = {
    totp: { label: 'Code of your authenticator app', help: 'Six digits, which change every 30 seconds.' },
    recovery_code: { label: 'Recovery code', help: 'Each of them works once.' },
} as const;

type CodeMethod = keyof typeof CODES;

/** Asks for what the server wants beside the password: a code, where there is none yet an app, or a new password. */
export function SecondFactor({
    challenge,
    onDone,
    onBack,
}: {
    challenge: Challenge;
    onDone: (session: Session) => void;
    onBack: () => void;
}) {
    const methods = challenge.methods.filter((each): each is CodeMethod => each in CODES);
    const [opened, setOpened] = useState<NewSession | null>(null);
    if (opened !== null) {
        return <RecoveryCodes codes={opened.recovery_codes ?? []} onDone={() => onDone(opened)} />;
    }
    const finish = (session: NewSession) =>
        (session.recovery_codes?.length ?? 0) > 0 ? setOpened(session) : onDone(session);
    if (methods.length === 0 && !challenge.enrolment_required) {
        return (
            <Alert isInline variant="info" title="Your account asks for a passkey">
                Sign in here with an API key instead, or add an authenticator app to your account.
                <Button variant="link" isInline onClick={onBack}>
                    Start again
                </Button>
            </Alert>
        );
    }
    return (
        <div className="gantry-stack">
            {challenge.enrolment_required && <Enrolment challenge={challenge.challenge} />}
            <CodeForm challenge={challenge} methods={methods} onDone={finish} onBack={onBack} />
        </div>
    );
}

function Enrolment({ challenge }: { challenge: string }) {
    const query = useQuery({
        queryKey: ['session', 'enrolment', challenge],
        queryFn: () => call('post /api/v1/auth/sessions/mfa/enrolment', { body: { challenge } }),
        staleTime: Infinity,
        gcTime: 0,
        retry: false,
    });
    return (
        <Loaded query={query} what="the secret for your app">
            {({ secret }) => (
                <div className="gantry-stack">
                    <p>
                        Your account needs an authenticator app. Add an entry to yours with this secret, then type the
                        code that it shows.
                    </p>
                    <Copyable text={secret} label="the secret" />
                </div>
            )}
        </Loaded>
    );
}

function CodeForm({
    challenge,
    methods,
    onDone,
    onBack,
}: {
    challenge: Challenge;
    methods: CodeMethod[];
    onDone: (session: NewSession) => void;
    onBack: () => void;
}) {
    const [method, setMethod] = useState<CodeMethod>(methods[0] ?? 'totp');
    const [code, setCode] = useState('');
    const [password, setPassword] = useState('');
    const field = useRef<HTMLInputElement>(null);
    const complete = useMutation({
        mutationFn: () =>
            call('post /api/v1/auth/sessions/mfa', {
                body: {
                    challenge: challenge.challenge,
                    method,
                    code: code.trim(),
                    ...(challenge.password_change_required && { new_password: password }),
                },
            }),
        onSuccess: onDone,
    });
    useEffect(() => field.current?.focus(), [method, complete.error]);
    const ready = code.trim() !== '' && (!challenge.password_change_required || password !== '');
    return (
        <Form
            onSubmit={(event) => {
                event.preventDefault();
                complete.mutate();
            }}
        >
            <Refusal error={complete.error} />
            <FormGroup label={CODES[method].label} fieldId="code">
                <TextInput
                    ref={field}
                    id="code"
                    autoComplete="one-time-code"
                    inputMode={method === 'totp' ? 'numeric' : 'text'}
                    isRequired
                    value={code}
                    onChange={(_event, value) => setCode(value)}
                />
                <Help>{CODES[method].help}</Help>
            </FormGroup>
            {challenge.password_change_required && (
                <FormGroup label="New password" isRequired fieldId="new-password">
                    <TextInput
                        id="new-password"
                        type="password"
                        autoComplete="new-password"
                        isRequired
                        value={password}
                        onChange={(_event, value) => setPassword(value)}
                    />
                    <Help>The one that you have must be replaced.</Help>
                </FormGroup>
            )}
            <ActionGroup>
                <Button type="submit" isDisabled={complete.isPending || !ready} isLoading={complete.isPending}>
                    Continue
                </Button>
                {methods
                    .filter((each) => each !== method)
                    .map((each) => (
                        <Button key={each} variant="link" onClick={() => setMethod(each)}>
                            {each === 'totp' ? 'Use an authenticator app' : 'Use a recovery code'}
                        </Button>
                    ))}
                <Button variant="link" onClick={onBack}>
                    Start again
                </Button>
            </ActionGroup>
        </Form>
    );
}

function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
    return (
        <div className="gantry-stack">
            <Alert isInline variant="warning" title="Your recovery codes are shown this once">
                Keep them where you find them without your app. Each works once.
            </Alert>
            <Copyable text={codes.join(' ')} label="the recovery codes" />
            <Button onClick={onDone}>I have stored them</Button>
        </div>
    );
}
