import { Card, CardBody, CardTitle, Title } from '@patternfly/react-core';
import { useEffect } from 'react';
import { Mark } from '../ui/Mark';
import { SignInForm } from './SignInForm';

/** What a visitor sees who is not signed in. */
export function SignInPage() {
    useEffect(() => {
        document.title = 'Sign in · Gantry';
    }, []);
    return (
        <main className="gantry-sign-in">
            <Card>
                <CardTitle>
                    <Mark />
                    <Title headingLevel="h1" size="xl">
                        Sign in to Gantry
                    </Title>
                </CardTitle>
                <CardBody>
                    <SignInForm />
                </CardBody>
            </Card>
        </main>
    );
}
