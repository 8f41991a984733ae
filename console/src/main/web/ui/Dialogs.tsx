import {
    Alert,
    AlertActionLink,
    Button,
    Form,
    FormHelperText,
    HelperText,
    HelperTextItem,
    Modal,
    ModalBody,
    ModalFooter,
    ModalHeader,
} from '@patternfly/react-core';
import { useEffect, useId, useState, type FormEvent, type ReactNode } from 'react';
import { Problem, signals } from '../api/client';
import { beginAnew } from '../api/once';
import { UnsavedQuestion, useUnsaved } from './unsaved';

/** The code of a refusal that signing in again lifts. */
const RECENT = 'recent_sign_in_required';

interface Sending {
    isPending: boolean;
    error: Error | null;
}

/** What the server had against a request, field by field where it says so. */
export function Refusal({ error }: { error: Error | null }) {
    if (error === null) {
        return null;
    }
    const fields = error instanceof Problem ? error.fields.filter((each) => !error.message.includes(each.message)) : [];
    return (
        <div role="alert">
            <Alert
                component="p"
                isInline
                variant="danger"
                title={error.message}
                actionLinks={
                    error instanceof Problem && error.code === RECENT ? (
                        <AlertActionLink onClick={() => signals.set({ signIn: 'recent' })}>Sign in again</AlertActionLink>
                    ) : undefined
                }
            >
                {fields.length > 0 && (
                    <ul>
                        {fields.map((each) => (
                            <li key={each.pointer}>
                                <code>{each.pointer}</code> {each.message}
                            </li>
                        ))}
                    </ul>
                )}
            </Alert>
        </div>
    );
}

export function Help({ children }: { children: ReactNode }) {
    return (
        <FormHelperText>
            <HelperText>
                <HelperTextItem>{children}</HelperTextItem>
            </HelperText>
        </FormHelperText>
    );
}

/** Puts the focus into a form's first field, once the dialog has remembered where it was before. */
function FocusFirst({ form }: { form: string }) {
    useEffect(() => {
        const timer = setTimeout(() => {
            document
                .getElementById(form)
                ?.querySelector<HTMLElement>('input:not(:disabled), select:not(:disabled), textarea')
                ?.focus();
        });
        return () => clearTimeout(timer);
    }, [form]);
    return null;
}

/** A form over the page; Enter sends it, Escape closes it, unless something was typed: then it asks. The focus stays within. */
export function FormDialog({
    title,
    action,
    mutation,
    ready,
    onSubmit,
    onClose,
    children,
    danger,
    draft,
    size = 'small',
}: {
    title: string;
    action: string;
    mutation?: Sending;
    ready: boolean;
    onSubmit: () => void;
    onClose: () => void;
    children: ReactNode;
    danger?: boolean;
    /** Where what is typed is kept beyond the dialog. */
    draft?: {
        /** Whether what was typed before is there again. */
        isKept: boolean;
        drop: () => void;
    };
    size?: 'small' | 'medium' | 'large';
}) {
    const id = useId();
    const [isTyped, setTyped] = useState(draft?.isKept === true);
    const [isAsking, setAsking] = useState(false);
    // What is being sent is on its way, and leads elsewhere when it has arrived.
    const isUnsaved = isTyped && mutation?.isPending !== true;
    useUnsaved(isUnsaved, draft?.drop);
    useEffect(() => beginAnew, []);
    const leave = () => {
        draft?.drop();
        onClose();
    };
    // Also while it is being sent: what fails then would be lost.
    const close = () => (isTyped ? setAsking(true) : leave());
    const submit = (event: FormEvent) => {
        event.preventDefault();
        if (ready && mutation?.isPending !== true) {
            onSubmit();
        }
    };
    return (
        <Modal isOpen variant={size} onClose={close} aria-labelledby={`${id}-title`}>
            <ModalHeader title={title} labelId={`${id}-title`} />
            <ModalBody>
                <Form id={id} onSubmit={submit} onInput={() => setTyped(true)}>
                    <FocusFirst form={id} />
                    <Refusal error={mutation?.error ?? null} />
                    {children}
                </Form>
            </ModalBody>
            <ModalFooter>
                <Button
                    type="submit"
                    form={id}
                    variant={danger ? 'danger' : 'primary'}
                    isDisabled={!ready || mutation?.isPending}
                    isLoading={mutation?.isPending}
                >
                    {action}
                </Button>
                <Button variant="link" onClick={close}>
                    {mutation === undefined ? 'Close' : 'Cancel'}
                </Button>
            </ModalFooter>
            {isAsking && <UnsavedQuestion onLeave={leave} onStay={() => setAsking(false)} />}
        </Modal>
    );
}

/** Asks before something that cannot be undone. */
export function Confirm({
    title,
    action,
    mutation,
    onConfirm,
    onClose,
    children,
}: {
    title: string;
    action: string;
    mutation: Sending;
    onConfirm: () => void;
    onClose: () => void;
    children: ReactNode;
}) {
    return (
        <FormDialog title={title} action={action} mutation={mutation} ready onSubmit={onConfirm} onClose={onClose} danger>
            <p>{children}</p>
        </FormDialog>
    );
}
