package dev.gantry.provider.testing;

import java.util.concurrent.CountDownLatch;

/**
 * The simulator as a process of its own: {@code [--port N] [--threads N] [--no-record] [--always SCENARIO]}. Prints
 * {@code port N} when it listens, and runs until it is stopped.
 */
public final class SimulatorMain {
    private SimulatorMain() {}

    /** Starts it. */
    public static void main(String[] arguments) throws InterruptedException {
        int port = 0;
        int threads = 1;
        boolean record = true;
        Scenario always = Scenario.ECHO;
        for (int index = 0; index < arguments.length; index++) {
            switch (arguments[index]) {
                case "--port" -> port = Integer.parseInt(arguments[++index]);
                case "--threads" -> threads = Integer.parseInt(arguments[++index]);
                case "--always" -> always = Scenario.parse(arguments[++index]);
                case "--no-record" -> record = false;
                default -> throw new IllegalArgumentException("Unknown argument '" + arguments[index] + "'");
            }
        }
        Simulator simulator = Simulator.start(port, threads);
        simulator.record(record);
        simulator.always(always);
        System.out.println("port " + simulator.port());
        System.out.flush();
        Runtime.getRuntime().addShutdownHook(new Thread(simulator::close));
        new CountDownLatch(1).await();
    }
}
