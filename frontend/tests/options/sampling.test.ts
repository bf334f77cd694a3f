import { expect, test } from "vitest";
import { optionsJson, readFps, shownOptions } from "../../src/options/sampling";

const PNG = { format: "png" } as const;
const JPEG = { format: "jpeg", quality: "75" } as const;

test.each([
  ["2", "2"],
  ["0,5", "0.5"],
  [" 29.97 ", "29.97"],
  ["30000/1001", "30000/1001"],
  ["30000 / 1001", "30000/1001"],
  ["0.001", "0.001"],
  ["1000", "1000"],
])("the rate %j is read as %j", (typed, read) => {
  expect(readFps(typed)).toBe(read);
});

test.each(["", "many", "0", "-1", "0.0009", "1000.1", "1001", "1/0", "1e3", "0x10", "1.", ".5", "1,5,2", "NaN"])(
  "%j is no rate",
  (typed) => {
    expect(readFps(typed)).toBeNull();
  },
);

test("the default is one frame a second", () => {
  expect(JSON.parse(optionsJson({ preset: "second" }, PNG))).toEqual({ sampling: { rule: "fps", fps: 1 } });
});

test("a typed rate is sent as the text that it is", () => {
  expect(JSON.parse(optionsJson({ preset: "fps", fps: "0,3" }, PNG))).toEqual({
    sampling: { rule: "fps", fps: "0.3" },
  });
});

test("a picture format is sent with its quality as a number", () => {
  const options = { sampling: { rule: "fps", fps: 1 }, format: "jpeg", quality: 75 };
  expect(JSON.parse(optionsJson({ preset: "second" }, JPEG))).toEqual(options);
});

test("the legacy preset is sent by its name, whatever format was chosen before", () => {
  expect(JSON.parse(optionsJson({ preset: "legacy" }, JPEG))).toBe("legacy");
});

test("the options of the API are shown without what is as usual", () => {
  const options = {
    sampling: { rule: "fps", fps: 1 },
    range: { start_s: 0, end_s: null },
    max_frames: null,
    format: "png",
    name_template: "frame_{index}_{time}",
  };
  expect(shownOptions(options)).toEqual({
    rule: "fps",
    fps: "1",
    start: null,
    end: null,
    maxFrames: null,
    format: "png",
    quality: null,
    names: "frame_{index}_{time}",
  });
});

test("a part and a maximum are shown", () => {
  const options = {
    sampling: { rule: "fps", fps: "30000/1001" },
    range: { start_s: 1.5, end_s: "10/3" },
    max_frames: 9,
  };
  expect(shownOptions(options)).toMatchObject({ fps: "30000/1001", start: "1.5", end: "10/3", maxFrames: "9" });
});

test("options of a later version are shown as far as they are known", () => {
  expect(shownOptions({ sampling: { rule: "scenes", threshold: 0.3 } })).toMatchObject({ rule: "scenes", fps: null });
  expect(shownOptions(null)).toMatchObject({ rule: "", format: null });
});
