import sys,os,cProfile,pstats,time
from tests.benchmarks.stage import *
from tests.benchmarks import ours
import importlib
from concurrent.futures import Future
class Inline:
    def submit(self,f,*a):
        fu=Future()
        try: fu.set_result(f(*a))
        except Exception as e: fu.set_exception(e)
        return fu
with stage(with_redis=False) as st:
    os.environ.update(st.environment)
    out=os.dup(1); os.dup2(os.open("/dev/null",os.O_WRONLY),1)
    api=importlib.import_module("alerts_api.app"); w=importlib.import_module("dispatch_sms.app")
    orig=w.dispatch._hands
    def send(n):
        t=ours.call(api.app,"POST","/sendalert",json.dumps(request(numbers(n),st.token)),st.token); assert t["status"]==200,t
        return t
    def run():
        c=0
        while True:
            t=ours.poll_once(w,w.clients.sqs,os.environ["SMS_BULK_QUEUE_URL"],10)
            if not t: return c
            c+=t["cpu"]
    send(500); run()
    for mode in ("threads","inline"):
        w.dispatch._hands = orig if mode=="threads" else Inline()
        for _ in range(3):
            send(1000); c=run(); print(mode,"%.0f us/rcpt"%(c*1e3),file=sys.stderr)
    which=sys.argv[1] if len(sys.argv)>1 else "dispatch"
    p=cProfile.Profile(time.process_time) if False else cProfile.Profile()
    if which=="dispatch":
        send(1000); p.enable(); run(); p.disable()
    else:
        n=int(sys.argv[2]); 
        [send(n) for _ in range(5)]
        bodies=[json.dumps(request(numbers(n),st.token)) for _ in range(10)]
        p.enable()
        for b in bodies: ours.call(api.app,"POST","/sendalert",b,st.token)
        p.disable()
    os.dup2(out,1)
    s=pstats.Stats(p,stream=sys.stderr); s.sort_stats("tottime").print_stats(45); s.sort_stats("cumtime").print_stats(45)
