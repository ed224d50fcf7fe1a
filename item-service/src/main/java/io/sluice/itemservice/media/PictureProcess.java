package io.sluice.itemservice.media;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A process that does nothing but make small pictures: whatever a file does to the libraries that read it, it happens in here,
 * where there is little memory and somebody who ends it when it takes too long.
 *
 * <p>Takes names of files from its standard input, one after the other, and answers each on its standard output: whether it
 * worked, how many bytes follow, and these: the JPEG, or why there is none.
 */
public final class PictureProcess {

    private PictureProcess() {}

    /** @param args the longer side of the small pictures, and how many pixels the large ones may have */
    public static void main(String[] args) throws IOException {
        int side = Integer.parseInt(args[0]);
        SmallPicture small = new SmallPicture(side, side, Long.parseLong(args[1]));
        OutputStream answers = System.out;
        // What a library prints is no answer.
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        answer(System.in, answers, small);
    }

    static void answer(InputStream questions, OutputStream answers, SmallPicture small) throws IOException {
        DataInputStream in = new DataInputStream(questions);
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(answers));
        while (true) {
            String file;
            try {
                file = in.readUTF();
            } catch (EOFException nobodyAsksAnyMore) {
                return;
            }
            byte[] answer;
            boolean isMade = false;
            try {
                answer = small.of(Path.of(file));
                isMade = true;
            } catch (NoSmallPicture none) {
                answer = String.valueOf(none.getMessage()).getBytes(StandardCharsets.UTF_8);
            } catch (IOException | StackOverflowError broken) {
                answer = "It cannot be read as a picture".getBytes(StandardCharsets.UTF_8);
            }
            out.writeBoolean(isMade);
            out.writeInt(answer.length);
            out.write(answer);
            out.flush();
        }
    }
}
