import { ActionGroup, Alert, Button, Form, FormGroup, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call, Problem } from '../api/client';
import type { Challenge, Session } from '../api/views';
import { Help, Refusal } from '../ui/Dialogs';

/** Signs in by name and password, and where the password has to be replaced, with a new one at once. */
export function PasswordForm({
    onReply,
    onToken,
}: {
    onReply: (reply: Session | Challenge) => void;
    onToken: () => void;
}) {
    const [username, setUsername] = useState('');
    const [password, setPassword] = useState('');
    const [next, setNext] = useState('');
    const [organization, setOrganization] = useState<string | null>(null);
    const field = useRef<HTMLInputElement>(null);
    const begin = useMutation({
        mutationFn: () =>
            call('post /api/v1/auth/sessions', {
                body: {
                    username: username.trim(),
                    password,
                    ...(next !== '' && { new_password: next }),
                    ...(organization !== null && organization.trim() !== '' && { organization: organization.trim() }),
                },
            }),
        onSuccess: onReply,
    });
    const { error } = begin;
    const mustChange = (error instanceof Problem && error.code === 'password_change_required') || next !== '';
    useEffect(() => field.current?.focus(), [error]);
    return (
        <Form
            onSubmit={(event) => {
                event.preventDefault();
                begin.mutate();
            }}
        >
            <Refusal error={error} />
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
            {mustChange && <NewPassword value={next} onChange={setNext} />}
            {organization !== null && (
                <FormGroup label="Organization" fieldId="organization">
                    <TextInput
                        id="organization"
                        autoComplete="organization"
                        value={organization}
                        onChange={(_event, value) => setOrganization(value)}
                    />
                </FormGroup>
            )}
            <ActionGroup>
                <Button
                    type="submit"
                    isBlock
                    isDisabled={begin.isPending || username.trim() === '' || password === ''}
                    isLoading={begin.isPending}
                >
                    Sign in
                </Button>
                <Button variant="link" isInline onClick={onToken}>
                    Choose a password with a token
                </Button>
                {organization === null && (
                    <Button variant="link" isInline onClick={() => setOrganization('')}>
                        Another organization
                    </Button>
                )}
            </ActionGroup>
        </Form>
    );
}

/** The field in which a password is chosen. */
export function NewPassword({ value, onChange }: { value: string; onChange: (value: string) => void }) {
    return (
        <FormGroup label="New password" isRequired fieldId="new-password">
            <TextInput
                id="new-password"
                type="password"
                autoComplete="new-password"
                isRequired
                value={value}
                onChange={(_event, next) => onChange(next)}
            />
            <Help>At least 12 characters; a few words that nobody would guess together are good.</Help>
        </FormGroup>
    );
}

/** Chooses a password with the token that an administrator gave. */
export function ResetForm({ onBack }: { onBack: () => void }) {
    const [token, setToken] = useState('');
    const [password, setPassword] = useState('');
    const reset = useMutation({
        mutationFn: () =>
            call('post /api/v1/auth/password/reset', { body: { token: token.trim(), new_password: password } }),
    });
    if (reset.isSuccess) {
        return (
            <div className="gantry-stack">
                <div role="status">
                    <Alert component="p" isInline variant="success" title="Your password is set" />
                </div>
                <Button onClick={onBack}>Sign in with it</Button>
            </div>
        );
    }
    return (
        <Form
            onSubmit={(event) => {
                event.preventDefault();
                reset.mutate();
            }}
        >
            <Refusal error={reset.error} />
            <FormGroup label="Token" isRequired fieldId="reset-token">
                <TextInput
                    id="reset-token"
                    autoComplete="off"
                    isRequired
                    value={token}
                    onChange={(_event, value) => setToken(value)}
                />
                <Help>Whoever administers your organization makes one for you; it works once.</Help>
            </FormGroup>
            <NewPassword value={password} onChange={setPassword} />
            <ActionGroup>
                <Button
                    type="submit"
                    isDisabled={reset.isPending || token.trim() === '' || password === ''}
                    isLoading={reset.isPending}
                >
                    Set the password
                </Button>
                <Button variant="link" onClick={onBack}>
                    Back
                </Button>
            </ActionGroup>
        </Form>
    );
}
