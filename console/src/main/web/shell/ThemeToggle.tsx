import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon';
import MoonIcon from '@patternfly/react-icons/dist/esm/icons/moon-icon';
import SunIcon from '@patternfly/react-icons/dist/esm/icons/sun-icon';
import { setTheme, useTheme, type Theme } from './theme';

const CHOICES: [Theme, string, React.ReactNode][] = [
    ['light', 'Light', <SunIcon key="light" />],
    ['dark', 'Dark', <MoonIcon key="dark" />],
    ['system', 'As the system', <DesktopIcon key="system" />],
];

export function ThemeToggle() {
    const theme = useTheme();
    return (
        <ToggleGroup aria-label="Colours" isCompact>
            {CHOICES.map(([choice, label, icon]) => (
                <ToggleGroupItem
                    key={choice}
                    icon={icon}
                    aria-label={label}
                    isSelected={theme === choice}
                    onChange={() => setTheme(choice)}
                />
            ))}
        </ToggleGroup>
    );
}
