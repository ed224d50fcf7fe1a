package io.sluice.itemservice.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Videos and sounds with nothing to be seen or heard, but with all that a file says of itself. */
public final class Recordings {

    private Recordings() {}

    /** An MP4 film of 4 s with 100 pictures of 640 × 360. */
    public static byte[] mp4() {
        byte[] size = box("tkhd", ints(new int[21], 640 << 16, 360 << 16));
        byte[] handler = box("hdlr", join(new byte[8], text("vide"), new byte[13]));
        byte[] times = box("mdhd", ints(new int[3], 12_800, 51_200, 0));
        byte[] frames = box("minf", box("stbl", box("stsz", ints(new int[1], 0, 100))));
        byte[] video = box("trak", size, box("mdia", times, handler, frames));
        byte[] sound = box("trak", size, box("mdia", box("hdlr", join(new byte[8], text("soun"), new byte[13]))));
        return join(
                box("ftyp", text("isomiso2")),
                box("mdat", new byte[1_000]),
                box("moov", box("mvhd", ints(new int[3], 1_000, 4_000, 0)), sound, video));
    }

    /** A WebM film of 2.5 s with 30 pictures a second of 320 × 240. */
    public static byte[] webm() {
        byte[] info = element("1549A966", element("2AD7B1", hex("0F4240")), element("4489", real(2_500)));
        byte[] track = element(
                "AE",
                element("83", hex("01")),
                element("23E383", hex("01FCA055")),
                element("E0", element("B0", hex("0140")), element("BA", hex("00F0"))));
        byte[] cluster = element("1F43B675", new byte[200]);
        byte[] content = join(info, element("1654AE6B", track), cluster);
        byte[] segment = join(hex("18538067"), hex("01FFFFFFFFFFFFFF"), content);
        return join(element("1A45DFA3", element("4282", text("webm"))), segment);
    }

    /** 1.5 s of silence, 8,000 samples of 16 bits a second. */
    public static byte[] wav() {
        byte[] sound = new byte[24_000];
        ByteBuffer header = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
        header.put(text("RIFF")).putInt(36 + sound.length).put(text("WAVEfmt ")).putInt(16);
        header.putShort((short) 1).putShort((short) 1).putInt(8_000).putInt(16_000);
        header.putShort((short) 2).putShort((short) 16).put(text("data")).putInt(sound.length);
        return join(header.array(), sound);
    }

    /** 100 frames of 1,152 samples behind a tag, 44,100 samples and 128,000 bits a second: 2.6 s. */
    public static byte[] mp3() {
        byte[] tag = join(text("ID3"), hex("0400000000000A"), new byte[10]);
        byte[] frame = Arrays.copyOf(hex("FFFB9000"), 417);
        byte[] frames = new byte[0];
        for (int count = 0; count < 100; count++) {
            frames = join(frames, frame);
        }
        return join(tag, frames);
    }

    /** As {@link #mp3}, with a first frame that says that there are a thousand: 26.1 s. */
    public static byte[] mp3ThatSaysHowLong() {
        byte[] mp3 = mp3();
        ByteBuffer.wrap(mp3, 20 + 36, 12).put(text("Xing")).putInt(1).putInt(1_000);
        return mp3;
    }

    private static byte[] box(String kind, byte[]... content) {
        byte[] all = join(content);
        return join(ByteBuffer.allocate(4).putInt(8 + all.length).array(), text(kind), all);
    }

    private static byte[] ints(int[] first, int... others) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * (first.length + others.length));
        Arrays.stream(first).forEach(bytes::putInt);
        Arrays.stream(others).forEach(bytes::putInt);
        return bytes.array();
    }

    private static byte[] element(String id, byte[]... content) {
        byte[] all = join(content);
        byte[] length = ByteBuffer.allocate(4).putInt(0x10000000 | all.length).array();
        return join(hex(id), length, all);
    }

    private static byte[] real(double number) {
        return ByteBuffer.allocate(8).putDouble(number).array();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static byte[] text(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
