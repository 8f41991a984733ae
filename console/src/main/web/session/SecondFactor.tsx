import { ActionGroup, Alert, Button, Form, FormGroup, TextInput } from '@patternfly/react-core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call } from '../api/client';
import type { Challenge, NewSession, Session } from '../api/views';
import { Help, Refusal } from '../ui/Dialogs';
import { Loaded } from '../ui/Panel';
import { AppSecret, RecoveryCodes } from './Enrolled';
import { canUsePasskeys, provePasskey } from './webauthn';

const CODES = {
    totp: { label: 'Code of your authenticator app', help: 'Six digits, which change every 30 seconds.' },
    recovery_code: { label: 'Recovery code', help: 'Each of them works once.' },
} as const;

const CHOICES = {
    passkey: 'Use a passkey',
    totp: 'Use an authenticator app',
    recovery_code: 'Use a recovery code',
} as const;

type Method = keyof typeof CHOICES;

/** Asks for what the server wants beside the password: a passkey, a code, where there is none yet an app, or a new password. */
export function SecondFactor({
    challenge,
    onDone,
    onBack,
}: {
    challenge: Challenge;
    onDone: (session: Session) => void;
    onBack: () => void;
}) {
    const [opened, setOpened] = useState<NewSession | null>(null);
    if (opened !== null) {
        return <RecoveryCodes codes={opened.recovery_codes ?? []} onDone={() => onDone(opened)} />;
    }
    const finish = (session: NewSession) =>
        (session.recovery_codes?.length ?? 0) > 0 ? setOpened(session) : onDone(session);
    const usable = (Object.keys(CHOICES) as Method[])
        .filter((each) => challenge.methods.includes(each))
        .filter((each) => each !== 'passkey' || (canUsePasskeys() && challenge.passkey != null));
    if (usable.length === 0 && !challenge.enrolment_required) {
        return (
            <Alert component="p" isInline variant="info" title="Your account asks for a passkey">
                This browser cannot use passkeys here. Open the console at its usual address, or in another browser.{' '}
                <Button variant="link" isInline onClick={onBack}>
                    Start again
                </Button>
            </Alert>
        );
    }
    return (
        <div className="gantry-stack">
            {challenge.enrolment_required && <EnrolmentOnTheWay challenge={challenge.challenge} />}
            <FactorForm
                challenge={challenge}
                methods={usable.length === 0 ? ['totp'] : usable}
                onDone={finish}
                onBack={onBack}
            />
        </div>
    );
}

function EnrolmentOnTheWay({ challenge }: { challenge: string }) {
    const query = useQuery({
        queryKey: ['session', 'enrolment', challenge],
        queryFn: () => call('post /api/v1/auth/sessions/mfa/enrolment', { body: { challenge } }),
        staleTime: Infinity,
        gcTime: 0,
        retry: false,
    });
    return (
        <Loaded query={query} what="the secret for your app">
            {(enrolment) => (
                <>
                    <p>Your account needs an authenticator app.</p>
                    <AppSecret enrolment={enrolment} />
                </>
            )}
        </Loaded>
    );
}

function FactorForm({
    challenge,
    methods,
    onDone,
    onBack,
}: {
    challenge: Challenge;
    methods: Method[];
    onDone: (session: NewSession) => void;
    onBack: () => void;
}) {
    const [method, setMethod] = useState<Method>(methods[0] ?? 'totp');
    const [code, setCode] = useState('');
    const [password, setPassword] = useState('');
    const field = useRef<HTMLInputElement>(null);
    const complete = useMutation({
        mutationFn: async () =>
            call('post /api/v1/auth/sessions/mfa', {
                body: {
                    challenge: challenge.challenge,
                    method,
                    ...(method === 'passkey' && challenge.passkey != null
                        ? { assertion: await provePasskey(challenge.passkey) }
                        : { code: code.trim() }),
                    ...(challenge.password_change_required && { new_password: password }),
                },
            }),
        onSuccess: onDone,
    });
    useEffect(() => field.current?.focus(), [method, complete.error]);
    const ready =
        (method === 'passkey' || code.trim() !== '') && (!challenge.password_change_required || password !== '');
    const choose = (next: Method) => {
        complete.reset();
        setCode('');
        setMethod(next);
    };
    return (
        <Form
            onSubmit={(event) => {
                event.preventDefault();
                complete.mutate();
            }}
        >
            <Refusal error={complete.error} />
            {method === 'passkey' ? (
                <p>Your account asks for your passkey as well.</p>
            ) : (
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
            )}
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
                    {method === 'passkey' ? 'Continue with your passkey' : 'Continue'}
                </Button>
                {methods
                    .filter((each) => each !== method)
                    .map((each) => (
                        <Button key={each} variant="link" onClick={() => choose(each)}>
                            {CHOICES[each]}
                        </Button>
                    ))}
                <Button variant="link" onClick={onBack}>
                    Start again
                </Button>
            </ActionGroup>
        </Form>
    );
}
