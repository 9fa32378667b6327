import { talks } from "./talks.js";

test("client and server talk to each other", talks);
