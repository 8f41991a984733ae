import { Alert, FormGroup, Modal, ModalBody, ModalHeader, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { call } from '../api/client';
import type { Enrolment, Factors, Passkey } from '../api/views';
import { AppSecret, RecoveryCodes } from '../session/Enrolled';
import { NewPassword } from '../session/PasswordForms';
import { makePasskey } from '../session/webauthn';
import { FormDialog, Help } from '../ui/Dialogs';

interface Step {
    onDone: () => void;
    onClose: () => void;
}

function PasswordField({ id, label, value, onChange }: {
    id: string;
    label: string;
    value: string;
    onChange: (value: string) => void;
}) {
    return (
        <FormGroup label={label} isRequired fieldId={id}>
            <TextInput
                id={id}
                type="password"
                autoComplete="current-password"
                isRequired
                value={value}
                onChange={(_event, next) => onChange(next)}
            />
        </FormGroup>
    );
}

/** A form that asks anew who one is, where one has a password; a stolen session must not add a way in. */
function Proven<T>({
    factors,
    title,
    action,
    danger,
    ready = true,
    send,
    onDone,
    onClose,
    children,
}: {
    factors: Factors;
    title: string;
    action: string;
    danger?: boolean;
    ready?: boolean;
    send: (proof: { password?: string }) => Promise<T>;
    onDone: (reply: T) => void;
    onClose: () => void;
    children?: ReactNode;
}) {
    const [password, setPassword] = useState('');
    const sent = useMutation({
        mutationFn: () => send(factors.password ? { password } : {}),
        onSuccess: onDone,
    });
    return (
        <FormDialog
            title={title}
            action={action}
            danger={danger}
            mutation={sent}
            ready={ready && (!factors.password || password !== '')}
            onSubmit={() => sent.mutate()}
            onClose={onClose}
        >
            {children}
            {factors.password && (
                <PasswordField id="proof-password" label="Your password" value={password} onChange={setPassword} />
            )}
        </FormDialog>
    );
}

export function ChangePassword({ onDone, onClose }: Step) {
    const [current, setCurrent] = useState('');
    const [next, setNext] = useState('');
    const change = useMutation({
        mutationFn: () =>
            call('put /api/v1/auth/password', { body: { current_password: current, new_password: next } }),
        onSuccess: onDone,
    });
    return (
        <FormDialog
            title="Change your password"
            action="Change"
            mutation={change}
            ready={current !== '' && next !== ''}
            onSubmit={() => change.mutate()}
            onClose={onClose}
        >
            <p>All of your sessions end, this one included; sign in with the new password then.</p>
            <PasswordField id="current-password" label="Your password" value={current} onChange={setCurrent} />
            <NewPassword value={next} onChange={setNext} />
        </FormDialog>
    );
}

/** Shows the codes until they are stored; closing the dialog any other way is not offered. */
function Codes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
    return (
        <Modal isOpen variant="small" aria-labelledby="codes-title">
            <ModalHeader title="Recovery codes" labelId="codes-title" />
            <ModalBody>
                <RecoveryCodes codes={codes} onDone={onDone} />
            </ModalBody>
        </Modal>
    );
}

export function AddApp({ factors, onDone, onClose }: Step & { factors: Factors }) {
    const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
    const [code, setCode] = useState('');
    const confirm = useMutation({
        mutationFn: () => call('post /api/v1/auth/factors/totp/confirm', { body: { code: code.trim() } }),
    });
    if (confirm.data !== undefined) {
        return <Codes codes={confirm.data.recovery_codes} onDone={onDone} />;
    }
    if (enrolment === null) {
        return (
            <Proven
                factors={factors}
                title="Add an authenticator app"
                action="Continue"
                send={(body) => call('post /api/v1/auth/factors/totp', { body })}
                onDone={setEnrolment}
                onClose={onClose}
            >
                <p>The app then shows a code, which is asked for besides your password.</p>
            </Proven>
        );
    }
    return (
        <FormDialog
            title="Add an authenticator app"
            action="Confirm"
            mutation={confirm}
            ready={code.trim().length >= 6}
            onSubmit={() => confirm.mutate()}
            onClose={onClose}
        >
            <AppSecret enrolment={enrolment} />
            <FormGroup label="The code that it shows" isRequired fieldId="first-code">
                <TextInput
                    id="first-code"
                    inputMode="numeric"
                    autoComplete="one-time-code"
                    isRequired
                    value={code}
                    onChange={(_event, value) => setCode(value)}
                />
                <Help>Six digits, which change every 30 seconds.</Help>
            </FormGroup>
        </FormDialog>
    );
}

export function RemoveApp({ factors, onDone, onClose }: Step & { factors: Factors }) {
    return (
        <Proven
            factors={factors}
            title="Remove the authenticator app?"
            action="Remove"
            danger
            send={(body) => call('post /api/v1/auth/factors/totp/remove', { body })}
            onDone={onDone}
            onClose={onClose}
        >
            <p>Your recovery codes go with it. All of your sessions end, this one included.</p>
        </Proven>
    );
}

export function NewCodes({ factors, onDone, onClose }: Step & { factors: Factors }) {
    const [codes, setCodes] = useState<string[] | null>(null);
    if (codes !== null) {
        return <Codes codes={codes} onDone={onDone} />;
    }
    return (
        <Proven
            factors={factors}
            title="Make new recovery codes"
            action="Make them"
            send={(body) => call('post /api/v1/auth/factors/recovery-codes', { body })}
            onDone={(reply) => setCodes(reply.recovery_codes)}
            onClose={onClose}
        >
            <p>Those that you have are void from then on.</p>
        </Proven>
    );
}

export function AddPasskey({ factors, onDone, onClose }: Step & { factors: Factors }) {
    const [name, setName] = useState('');
    return (
        <Proven
            factors={factors}
            title="Add a passkey"
            action="Continue"
            ready={name.trim() !== ''}
            send={async (proof) => {
                const { challenge, public_key } = await call('post /api/v1/auth/factors/passkeys/challenge', {
                    body: proof,
                });
                const credential = await makePasskey(public_key);
                return call('post /api/v1/auth/factors/passkeys', {
                    body: { challenge, credential, name: name.trim() },
                });
            }}
            onDone={onDone}
            onClose={onClose}
        >
            <p>Your browser asks for a finger, a face, a PIN or a security key. It then lets you in without a password.</p>
            <FormGroup label="Name" isRequired fieldId="passkey-name">
                <TextInput
                    id="passkey-name"
                    isRequired
                    maxLength={128}
                    value={name}
                    onChange={(_event, value) => setName(value)}
                />
                <Help>By which you tell it from others, such as the device's.</Help>
            </FormGroup>
        </Proven>
    );
}

export function RemovePasskey({ factors, passkey, onDone, onClose }: Step & { factors: Factors; passkey: Passkey }) {
    return (
        <Proven
            factors={factors}
            title={`Remove ${passkey.name}?`}
            action="Remove"
            danger
            send={(body) =>
                call('post /api/v1/auth/factors/passkeys/{passkey}/remove', { path: { passkey: passkey.id }, body })
            }
            onDone={onDone}
            onClose={onClose}
        >
            <Alert component="p" isInline isPlain variant="info" title="All of your sessions end, this one included." />
        </Proven>
    );
}
