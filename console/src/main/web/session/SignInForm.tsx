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
import KeyIcon from '@patternfly/react-icons/dist/esm/icons/key-icon';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call, signals } from '../api/client';
import type { Challenge, Session, SignInProvider } from '../api/views';
import { Refusal } from '../ui/Dialogs';
import { Failure } from '../ui/Failure';
import { Loading } from '../ui/Panel';
import { PasswordForm, ResetForm } from './PasswordForms';
import { SecondFactor } from './SecondFactor';
import { useBegin } from './session';
import { canUsePasskeys, provePasskey } from './webauthn';

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
    const elsewhere = providers.filter((each) => startOf(each) !== null);
    // A password comes before a key: whoever has both means the password.
    const ordered = typed.toSorted((a, b) => Number(a.kind === 'api_key') - Number(b.kind === 'api_key'));
    const [chosen, setChosen] = useState(ordered[0]?.id);
    const [resetting, setResetting] = useState(false);
    const provider = ordered.find((each) => each.id === chosen);
    const passkey = providers.some((each) => each.kind === 'passkey') && canUsePasskeys();
    if (resetting) {
        return <ResetForm onBack={() => setResetting(false)} />;
    }
    return (
        <div className="gantry-ways">
            {elsewhere.map((each) => (
                <Button key={each.id} component="a" href={startOf(each) ?? ''} variant="secondary" isBlock>
                    {each.label}
                </Button>
            ))}
            {passkey && <PasskeyButton onDone={onReply} />}
            {(elsewhere.length > 0 || passkey) && provider !== undefined && <p className="gantry-or">or</p>}
            {provider?.kind === 'password' && <PasswordForm onReply={onReply} onToken={() => setResetting(true)} />}
            {provider?.kind === 'api_key' && <KeyForm onReply={onReply} />}
            {ordered
                .filter((each) => each.id !== chosen)
                .map((each) => (
                    <Button key={each.id} variant="link" isInline onClick={() => setChosen(each.id)}>
                        {each.kind === 'api_key' ? 'Use an API key instead' : `Use ${each.label} instead`}
                    </Button>
                ))}
            {providers.length === 0 && (
                <Alert component="p" isInline variant="warning" title="No way to sign in is switched on">
                    The operator chooses them in security.yaml, under authentication.
                </Alert>
            )}
        </div>
    );
}

/** Signs in with a passkey alone: it says who its owner is. */
function PasskeyButton({ onDone }: { onDone: (session: Session) => void }) {
    const begin = useMutation({
        mutationFn: async () => {
            const { challenge, public_key } = await call('post /api/v1/auth/passkeys/challenge', { body: {} });
            const assertion = await provePasskey(public_key);
            return call('post /api/v1/auth/sessions/passkey', { body: { challenge, assertion } });
        },
        onSuccess: onDone,
    });
    return (
        <>
            <Refusal error={begin.error} />
            <Button
                variant="secondary"
                isBlock
                icon={<KeyIcon />}
                isDisabled={begin.isPending}
                onClick={() => begin.mutate()}
            >
                Sign in with a passkey
            </Button>
        </>
    );
}

/** Where signing in elsewhere begins, so that it ends at the page that is shown now; null when it does not begin here. */
function startOf(provider: SignInProvider): string | null {
    if (provider.start_url === undefined) {
        return null;
    }
    const url = new URL(provider.start_url, location.origin);
    if (!url.searchParams.has('return_to')) {
        url.searchParams.set('return_to', location.pathname + location.search);
    }
    if (signals.signIn === 'recent') {
        // A provider that knows the browser would sign in without asking anybody, which proves nothing new.
        url.searchParams.set('fresh', 'true');
    }
    return url.origin === location.origin ? url.pathname + url.search : null;
}

function KeyForm({ onReply }: { onReply: (reply: Session | Challenge) => void }) {
    const [key, setKey] = useState('');
    const field = useRef<HTMLInputElement>(null);
    const begin = useMutation({
        mutationFn: () => call('post /api/v1/auth/sessions', { body: { api_key: key.trim() } }),
        onSuccess: onReply,
    });
    const { error } = begin;
    useEffect(() => field.current?.focus(), [error]);
    return (
        <Form
            onSubmit={(event) => {
                event.preventDefault();
                begin.mutate();
            }}
        >
            <Refusal error={error} />
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
                <Button
                    type="submit"
                    isBlock
                    isDisabled={begin.isPending || key.trim() === ''}
                    isLoading={begin.isPending}
                >
                    Sign in
                </Button>
            </ActionGroup>
        </Form>
    );
}
