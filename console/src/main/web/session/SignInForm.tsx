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
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { call } from '../api/client';
import type { Challenge, Session, SignInProvider } from '../api/views';
import { Failure, Loading } from '../ui/Panel';
import { SecondFactor } from './SecondFactor';
import { useBegin } from './session';

/** Lists the ways to sign in and goes through the one that is chosen. */
export function SignInForm() {
    const providers = useQuery({
        queryKey: ['session', 'providers'],
        queryFn: () => call('get /api/v1/auth/providers'),
        select: (reply) => reply.providers,
    });
    const begin = useBegin();
    const [challenge, setChallenge] = useState<Challenge | null>(null);
    if (providers.isPending) {
        return <Loading what="the ways to sign in" />;
    }
    if (providers.isError) {
        return <Failure error={providers.error} retry={() => void providers.refetch()} />;
    }
    const finish = (reply: Session | Challenge) => {
        if ('mfa_required' in reply) {
            setChallenge(reply);
        } else {
            begin(reply);
        }
    };
    if (challenge !== null) {
        return <SecondFactor challenge={challenge} onDone={begin} onBack={() => setChallenge(null)} />;
    }
    return <Ways providers={providers.data} onReply={finish} />;
}

function Ways({ providers, onReply }: { providers: SignInProvider[]; onReply: (reply: Session | Challenge) => void }) {
    const typed = providers.filter((each) => each.kind === 'password' || each.kind === 'api_key');
    const elsewhere = providers.filter((each) => each.start_url !== undefined);
    // A password comes before a key: whoever has both means the password.
    const ordered = typed.toSorted((a, b) => Number(a.kind === 'api_key') - Number(b.kind === 'api_key'));
    const [chosen, setChosen] = useState(ordered[0]?.id);
    const provider = ordered.find((each) => each.id === chosen);
    return (
        <div className="gantry-ways">
            {elsewhere.map((each) => (
                <Button key={each.id} component="a" href={startOf(each)} variant="secondary" isBlock>
                    {each.label}
                </Button>
            ))}
            {elsewhere.length > 0 && provider !== undefined && <p className="gantry-or">or</p>}
            {provider?.kind === 'password' && <PasswordForm onReply={onReply} />}
            {provider?.kind === 'api_key' && <KeyForm onReply={onReply} />}
            {ordered
                .filter((each) => each.id !== chosen)
                .map((each) => (
                    <Button key={each.id} variant="link" isInline onClick={() => setChosen(each.id)}>
                        {each.kind === 'api_key' ? 'Use an API key instead' : `Use ${each.label} instead`}
                    </Button>
                ))}
            {providers.length === 0 && (
                <Alert isInline variant="warning" title="No way to sign in is switched on">
                    The operator chooses them in security.yaml, under authentication.
                </Alert>
            )}
        </div>
    );
}

/** Comes back to the page that is shown now. */
function startOf(provider: SignInProvider): string {
    const url = new URL(provider.start_url ?? '', location.origin);
    if (!url.searchParams.has('return_to')) {
        url.searchParams.set('return_to', location.pathname + location.search);
    }
    return url.origin === location.origin ? url.pathname + url.search : '';
}

/** A form's own request: what was refused, and whether it is under way. */
function useSubmit<T>(send: () => Promise<T>, done: (reply: T) => void) {
    const [error, setError] = useState<Error | null>(null);
    const [busy, setBusy] = useState(false);
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        setError(null);
        try {
            done(await send());
        } catch (failure) {
            setError(failure as Error);
        } finally {
            setBusy(false);
        }
    };
    return { error, busy, submit };
}

function KeyForm({ onReply }: { onReply: (reply: Session | Challenge) => void }) {
    const [key, setKey] = useState('');
    const field = useRef<HTMLInputElement>(null);
    const { error, busy, submit } = useSubmit(
        () => call('post /api/v1/auth/sessions', { body: { api_key: key.trim() } }),
        onReply,
    );
    useEffect(() => field.current?.focus(), [error]);
    return (
        <Form onSubmit={submit}>
            {error !== null && <Alert isInline variant="danger" title={error.message} role="alert" />}
            <FormGroup label="API key" fieldId="api-key">
                <TextInput
                    ref={field}
                    id="api-key"
                    type="password"
                    autoComplete="off"
                    isRequired
                    value={key}
                    onChange={(_event, value) => setKey(value)}
                    validated={error === null ? 'default' : 'error'}
                    aria-describedby="api-key-help"
                />
                <FormHelperText>
                    <HelperText id="api-key-help">
                        <HelperTextItem>
                            The key of a local platform lies in the file <code>credentials</code> of its data directory.
                        </HelperTextItem>
                    </HelperText>
                </FormHelperText>
            </FormGroup>
            <ActionGroup>
                <Button type="submit" isBlock isDisabled={busy || key.trim() === ''} isLoading={busy}>
                    Sign in
                </Button>
            </ActionGroup>
        </Form>
    );
}

function PasswordForm({ onReply }: { onReply: (reply: Session | Challenge) => void }) {
    const [username, setUsername] = useState('');
    const [password, setPassword] = useState('');
    const field = useRef<HTMLInputElement>(null);
    const { error, busy, submit } = useSubmit(
        () => call('post /api/v1/auth/sessions', { body: { username: username.trim(), password } }),
        onReply,
    );
    useEffect(() => field.current?.focus(), [error]);
    return (
        <Form onSubmit={submit}>
            {error !== null && <Alert isInline variant="danger" title={error.message} role="alert" />}
            <FormGroup label="E-mail address" fieldId="username">
                <TextInput
                    ref={field}
                    id="username"
                    autoComplete="username"
                    isRequired
                    value={username}
                    onChange={(_event, value) => setUsername(value)}
                />
            </FormGroup>
            <FormGroup label="Password" fieldId="password">
                <TextInput
                    id="password"
                    type="password"
                    autoComplete="current-password"
                    isRequired
                    value={password}
                    onChange={(_event, value) => setPassword(value)}
                />
            </FormGroup>
            <ActionGroup>
                <Button
                    type="submit"
                    isBlock
                    isDisabled={busy || username.trim() === '' || password === ''}
                    isLoading={busy}
                >
                    Sign in
                </Button>
            </ActionGroup>
        </Form>
    );
}
