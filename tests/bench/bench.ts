import { benchMeshconf } from "./meshconf";
import { benchPlan } from "./plan";

benchPlan();
benchMeshconf();
