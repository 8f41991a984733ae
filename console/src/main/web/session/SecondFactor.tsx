import {
    ActionGroup,
    Alert,
    Button,
    Form,
    FormGroup,
    FormHelperText,
    HelperText,
    HelperTextItem,
    TextInput,
} from '@patternfly/react-core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { call } from '../api/client';
import type { Challenge, Session } from '../api/views';

const CODES = {
    totp: { label: 'Code of your authenticator app', help: 'Six digits, which change every 30 seconds.' },
    recovery_code: { label: 'Recovery code', help: 'Each of them works once.' },
} as const;

type CodeMethod = keyof typeof CODES;

/** Asks for what the server wants beside the password. */
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
    const [method, setMethod] = useState<CodeMethod>(methods[0] ?? 'totp');
    const [code, setCode] = useState('');
    const [error, setError] = useState<Error | null>(null);
    const [busy, setBusy] = useState(false);
    const field = useRef<HTMLInputElement>(null);
    useEffect(() => field.current?.focus(), [method, error]);
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        setError(null);
        try {
            const body = { challenge: challenge.challenge, method, code: code.trim() };
            onDone((await call('post /api/v1/auth/sessions/mfa', { body })) as Session);
        } catch (failure) {
            setError(failure as Error);
        } finally {
            setBusy(false);
        }
    };
    return (
        <Form onSubmit={submit}>
            {error !== null && <Alert isInline variant="danger" title={error.message} role="alert" />}
            <FormGroup label={CODES[method].label} fieldId="code">
                <TextInput
                    ref={field}
                    id="code"
                    autoComplete="one-time-code"
                    inputMode={method === 'totp' ? 'numeric' : 'text'}
                    isRequired
                    value={code}
                    onChange={(_event, value) => setCode(value)}
                    aria-describedby="code-help"
                />
                <FormHelperText>
                    <HelperText id="code-help">
                        <HelperTextItem>{CODES[method].help}</HelperTextItem>
                    </HelperText>
                </FormHelperText>
            </FormGroup>
            <ActionGroup>
                <Button type="submit" isDisabled={busy || code.trim() === ''} isLoading={busy}>
                    Continue
                </Button>
                {methods
                    .filter((each) => each !== method)
                    .map((each) => (
                        <Button key={each} variant="link" onClick={() => setMethod(each)}>
                            Use a {CODES[each].label.toLowerCase()}
                        </Button>
                    ))}
                <Button variant="link" onClick={onBack}>
                    Start again
                </Button>
            </ActionGroup>
        </Form>
    );
}
