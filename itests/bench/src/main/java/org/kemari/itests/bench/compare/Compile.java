package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ObjDoubleConsumer;
import org.kemari.itests.lab.Shell;

/** Work for a processor and for memory, as a build does it: a compiler, one source after the other, and the disk. */
final class Compile implements Workload {
    /** The slowest that counts as reached: 5 % slower. */
    private static final double AIM = 0.95;

    private static final int FUNCTIONS = 3;
    private static final int FILES_PER_SECOND = 2;

    private final Path directory;

    /**
     * The workload.
     *
     * @param directory where its source can be put
     */
    Compile(Path directory) {
        this.directory = directory;
    }

    @Override
    public String name() {
        return "compile";
    }

    @Override
    public String words() {
        return "gcc's cc1 -O2 in the guest, a fixed source again and again, each result written to ext4, and a sync at the"
                + " end.";
    }

    @Override
    public void addPrograms(Programs programs) {
        programs.add("cc1", Path.of(Shell.run("gcc -print-prog-name=cc1").strip()));
        try {
            Path source = Files.createDirectories(directory).resolve("compile.i");
            Files.writeString(source, source());
            programs.addFile("compile.i", source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void run(Subject subject, double seconds, ObjDoubleConsumer<Figure> found) throws IOException {
        // the program is read, and its code translated by an emulator, before it is timed
        subject.shell().run(compile(1));
        GuestShell.Outcome outcome =
                subject.shell().time(compile((int) Math.ceil(seconds * FILES_PER_SECOND)) + " && /bin/busybox sync");
        found.accept(Figure.time("compile").aiming(AIM), outcome.seconds());
    }

    private static String compile(int files) {
        return "for i in $(/bin/busybox seq " + files
                + "); do /bin/cc1 -quiet -fpreprocessed -O2 /compile.i -o /data/compile$i.s || exit 1; done";
    }

    /** Always the same text: arithmetic, loops and branches, nothing that has to be included. */
    static String source() {
        StringBuilder text = new StringBuilder("typedef unsigned long word;\n");
        List<String> operators = List.of("+", "^", "*", "|", "-", "&");
        for (int i = 0; i < FUNCTIONS; i++) {
            text.append("word step").append(i).append("(word *data, word count, word key) {\n");
            text.append("    word sum = key;\n    for (word i = 0; i < count; i++) {\n");
            for (int line = 0; line < 6; line++) {
                text.append(String.format(
                        "        if (data[i] %% %d == %d) sum = (sum %s data[(i + %d) %% count]) + %d;%n",
                        3 + (i + line) % 11,
                        line % 3,
                        operators.get((i + line) % operators.size()),
                        1 + line,
                        i * 31 + line));
            }
            text.append("        data[i] = sum >> ").append(1 + i % 13).append(";\n    }\n");
            text.append(i == 0 ? "    return sum;\n" : "    return sum ^ step" + (i - 1) + "(data, count / 2, sum);\n");
            text.append("}\n");
        }
        return text.toString();
    }
}
