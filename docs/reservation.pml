/* How orderd reserves stock, as a model for SPIN 6.5. reservation.md says what it covers; `./dev model` runs it.
 *
 *   spin -a <flags> reservation.pml && gcc -w -O2 -DSAFETY -DCOLLAPSE -DVECTORSZ=2048 -o pan pan.c && ./pan -E -m1000000
 *   ./pan -r                     replays a counterexample (the printed lines are the story)
 *   spin -a <flags> reservation.pml && gcc -w -O2 -DNP -DNOCLAIM -DCOLLAPSE -o pan pan.c && ./pan -l -m1000000
 *                                looks for infinite runs (there are none: every run ends in the state that "timeout" checks)
 *   -DBITSTATE instead of -DCOLLAPSE (pan -w33) for what does not fit in memory
 *
 * Sizes:   -DNP=1|2 products  -DNO=2|3 orders  -DNI=1|2 instances  -DINIT0=, -DINIT1= stock  -DN<order><product>= units wanted
 * Faults:  -DCRASH= kills  -DFAULT= unanswered PUTs (lost, applied, or applied at any LATER time)  -DUNK= COMMITs of unknown outcome
 *          -DZOMB= an instance loses its locks and is thought dead but runs on (-DNI=2)  -DFOREIGN= sales by another writer of product 0
 *          (-DUNITS= units each, below 0: added; -DQUIET: only while no movement of ours is under way; -DSTRAND: units may be missing in the end,
 *          but none is there twice)  -DNOTAG= GETs without ETag (with If-Match)
 *          -DDEADL=mask orders whose deadline may pass  -DCANCEL=mask orders cancelled  -DSAMEKEY=1 orders 0 and 1 share an Idempotency-Key
 * Other designs, to compare: -DASK_CATALOG the obvious one (settle by asking the catalog, no other rule)  -DSETTLE_READ settle by re-reading
 *          -DQUAR=1 no cycle while an unanswered PUT may land  -DASCENDING  -DNOLOCK no advisory lock  -DLAZY applied mark may be lost
 *          -DFUSED one-product order committed with its intent  -DIFM=1 version ETag, 2 content-hash ETag
 * Mutants: each of -DNO_LEDGER -DNO_DOUBT -DNO_CAS -DNO_SEQ -DNO_CASSTATE -DNO_RECHECK -DNO_RELTX -DNO_UNK -DNO_PARK -DNO_KEY -DNO_OWED
 *          -DPARKALL -DSKIPOK=1 (with If-Match), -DNO_REFUSED -DNO_TURN -DNO_CARRY -DTWICE=1 (with foreign sales, too) takes one rule
 *          away and has a counterexample in a suitable configuration.
 *
 * Checked: units in live orders <= initial stock at every commit; one order per key; and when nothing can move any more: every request
 * ended, 201 => order in the database, 400/5xx => no order, no reservation held or owed, reservations sold <=> order live,
 * catalog + units in live orders == initial stock, a 400 only if the orders that WON left too little (strong P3).
 */
#ifndef NP
#define NP 1
#endif
#ifndef NO
#define NO 2
#endif
#ifndef NI
#define NI 1
#endif
#ifndef CRASH
#define CRASH 1      /* how often an instance may be killed            */
#endif
#ifndef FAULT
#define FAULT 1      /* PUTs without answer: lost, applied, or LATE    */
#endif
#ifndef ZOMB
#define ZOMB 0       /* how often a live instance loses its locks      */
#endif
#ifndef UNK
#define UNK 0        /* COMMITs of unknown outcome                     */
#endif
#ifndef INIT0
#define INIT0 2
#endif
#ifndef INIT1
#define INIT1 2
#endif
#ifndef N00          /* Nop: units that order o wants of product p     */
#define N00 1
#endif
#ifndef N01
#define N01 1
#endif
#ifndef N10
#define N10 2
#endif
#ifndef N11
#define N11 1
#endif
#ifndef N20
#define N20 1
#endif
#ifndef N21
#define N21 0
#endif
#ifndef CANCEL
#define CANCEL 0     /* bit mask: orders that get cancelled when live   */
#endif
#ifndef SAMEKEY
#define SAMEKEY 0    /* 1: orders 0 and 1 carry the same Idempotency-Key */
#endif
#ifndef DEADL
#define DEADL 0      /* bit mask: orders whose deadline may pass        */
#endif
#ifndef IFM
#define IFM 0        /* If-Match: 0 none, 1 version ETag, 2 content-hash ETag */
#endif
#ifndef NOTAG
#define NOTAG 0      /* GETs that show no ETag: their PUT has no If-Match */
#endif
#ifndef SKIPOK
#define SKIPOK 0     /* 1 (mutant, If-Match only): skip the PUT although an unanswered one is out */
#endif
#ifndef FOREIGN
#define FOREIGN 0    /* sales by somebody else who writes the catalog too (product 0) */
#endif
#ifndef UNITS
#define UNITS 1      /* of so many units each; < 0: they are added      */
#endif
#ifndef TWICE
#define TWICE 0      /* 1 (mutant): what a movement gave back comes on top again, even if it may have been applied */
#endif
#ifndef QUAR
#define QUAR 0       /* 1: no cycle while an unanswered PUT may still land (delay <= D) */
#endif
/* rules; -DNO_x removes rule x; -DASK_CATALOG asks the catalog whether a movement was applied, and has none of the rules */
#ifdef ASK_CATALOG
#define SETTLE_READ
#define NO_CAS
#define NO_UNK
#define NO_SEQ
#define NO_PARK
#endif
#ifdef SETTLE_READ
#define NO_DOUBT
#endif
#define NL 3
#define NONE 0
#define HELD 1
#define SOLD 2
#define REL  3
#define OWED 4
#define X(o,p) ((o)*NP+(p))
#define C(i,p) ((i)*NP+(p))
#define B(n) (1<<(n))

/* catalog and network */
byte q[NP]; byte ver[NP];
byte lv[NL], lpr[NL], le[NL]; byte nlate[NP];    /* late PUTs: value, product+1, etag */
/* database */
byte seq[NP], ex[NP], mst[NP], doubt[NP], lock[NP];
byte mb[NP], mh[NP], mr[NP];                     /* only when settling by re-reading    */
#if FOREIGN>0                                    /* the chain, the movements since the ledger was last settled or re-based: */
byte cv[NP], ch[NP], cr[NP], frn;                /* its values (bits; also what was shown before), holds (bits), units given back */
#endif
#if NOTAG>0
bool mt[NP]; byte notag;                         /* the PUT of the ledger's movement carries If-Match */
#endif
byte res[NO*NP], ord[NO], pend[NO], canc[NO];
/* volatile */
byte cst[NI*NP], cb[NI*NP], ca[NI*NP], cs[NI*NP], ce[NI*NP];
#if FOREIGN>0
byte rfd[NI*NP];                                 /* movement whose PUT was refused, and no other of ours can have been out */
#endif
byte ost[NO], want[NO], gr[NO], got[NO], rf[NO], asc[NO], ack[NO];
/* ost 0 new 1 holding 2 all held 3 commit in doubt 4 releasing 5 done 6 dead (client saw a reset)
   ack 1: 201  2: 400 refused  3: 5xx */
bool susp[NI];
#if defined(LAZY) && IFM>0
byte lazies;                                     /* every unsettled movement is PUT again: so many marks, or there would be no end */
#endif
byte crashes, faults, zombs, unks;
byte need[NO*NP]; byte init_[NP]; byte fl[NO];

#define WH(o) ((o)%NI)
#if NO==2
#define HSUM(x,p) ((((x)!=0)&&res[X(0,p)]==HELD)*need[X(0,p)] + (((x)!=1)&&res[X(1,p)]==HELD)*need[X(1,p)])
#define SSUM(p) ((ord[0]==1)*need[X(0,p)]+(ord[1]==1)*need[X(1,p)])
#define ANY(M,a,b) (M(0,a,b)||M(1,a,b))
#else
#define HSUM(x,p) ((((x)!=0)&&res[X(0,p)]==HELD)*need[X(0,p)] + (((x)!=1)&&res[X(1,p)]==HELD)*need[X(1,p)] + (((x)!=2)&&res[X(2,p)]==HELD)*need[X(2,p)])
#define SSUM(p) ((ord[0]==1)*need[X(0,p)]+(ord[1]==1)*need[X(1,p)]+(ord[2]==1)*need[X(2,p)])
#define ANY(M,a,b) (M(0,a,b)||M(1,a,b)||M(2,a,b))
#endif
#if NI==1
#define SUSP(o) 0
#else
#define SUSP(o) susp[WH(o)]
#endif
/* may instance i give reservation (o,p) back now?  pend: row locked by a COMMIT still running */
#ifdef NO_CAS
#define HB(o,p) ((res[X(o,p)]==HELD || (ost[o]==4 && res[X(o,p)]==SOLD)))
#else
#define HB(o,p) (res[X(o,p)]==HELD)
#endif
#define RELOK(o,p,i) (pend[o]==0 && ( (HB(o,p) && ((ost[o]==4 && WH(o)==i) || ost[o]==6 || (WH(o)!=i && SUSP(o)))) || (res[X(o,p)]==OWED) || (ost[o]==7 && res[X(o,p)]==SOLD && WH(o)==i) ))
#ifdef PARKALL
#define SHORT(o,p) (ex[p]+HSUM(o,p) < need[X(o,p)])
#define DECID(o,p) (ex[p]>=need[X(o,p)] || SHORT(o,p))
#else
#ifdef NO_PARK
#define DECID(o,p) 1
#define SHORT(o,p) 1
#else
#define SHORT(o,p) (ex[p]+HSUM(o,p) < need[X(o,p)])
#define DECID(o,p) (ex[p]>=need[X(o,p)] || SHORT(o,p) || asc[o]==0)
#endif
#endif
#define HOLDOK(o,p,i) (WH(o)==i && ost[o]==1 && (want[o]&B(p)) && res[X(o,p)]==NONE && DECID(o,p))
#ifdef NO_DOUBT
#define STALE(p) 0
#else
#define STALE(p) (q[p]!=ex[p])      /* an audit GET would find it */
#endif
#ifdef NO_RECHECK
#define GRW(o,p,i) 0
#else
#define GRW(o,p,i) (WH(o)==i && (gr[o]&B(p)))   /* own holds not yet known to be applied */
#endif
#define NEEDW(i,p) (mst[p]==1 || ANY(GRW,p,i) || STALE(p) || ANY(RELOK,p,i) || ANY(HOLDOK,p,i))

#ifdef NO_CASSTATE   /* mutant: compare seq only */
#define CASFAIL(i,p) (seq[p]!=cs[C(i,p)]/2)
#else
#define CASFAIL(i,p) (seq[p]*2+mst[p]!=cs[C(i,p)])
#endif
#ifdef NOLOCK   /* no advisory lock at all: only the compare-and-set */
#define LOCKFREE(i,p) 1
#else
#define LOCKFREE(i,p) (lock[p]==0 || lock[p]==i+1)
#endif
#if FOREIGN>0
#define FORGET(i,p) rfd[C(i,p)]=0
#else
#define FORGET(i,p) skip
#endif
#if FOREIGN>0 && !defined(NO_TURN)
#define KEEPS(i,p) (rfd[C(i,p)]!=0)      /* nobody else gets a turn before that is in the ledger */
#else
#define KEEPS(i,p) 0
#endif
#ifdef NO_REFUSED
#define REFUSED(i,p) 0
#else
#define REFUSED(i,p) (mst[p]==1 && rfd[C(i,p)]==seq[p])
#endif
/* somebody else wrote what instance i was shown */
#define THEIRS(i,p) ((REFUSED(i,p) || !(cv[p]&B(cb[C(i,p)]))) && !(doubt[p]&B(cb[C(i,p)])))
#define BARE 255     /* no ETag */
/* may the ledger's PUT land after the next one?  With If-Match on both it can't: the next one's version is newer, or the same and used up */
#if NOTAG>0
#define MAYLAND(i,p) (mt[p]==0 || ce[C(i,p)]==BARE)
#else
#define MAYLAND(i,p) (IFM==0)
#endif
#ifdef QUIET
#define SALEOK (mst[0]==0 && cst[0]<2 && cst[C(NI-1,0)]<2)
#else
#define SALEOK 1
#endif
inline unlock(i,p) { if :: lock[p]==i+1 && !KEEPS(i,p) -> lock[p]=0 :: else fi }
inline endcyc(i,p) { cst[C(i,p)]=0; cb[C(i,p)]=0; ca[C(i,p)]=0; cs[C(i,p)]=0; ce[C(i,p)]=0; unlock(i,p) }
inline see(i,p) {       /* the GET */
  cb[C(i,p)]=q[p]; ce[C(i,p)]=(IFM==1 -> ver[p] : q[p]); cst[C(i,p)]=2; printf("i%d p%d: GET=%d\n",i,p,q[p])
#if NOTAG>0
  ; if :: notag<NOTAG -> notag++; ce[C(i,p)]=BARE; printf("no ETag\n") :: true fi
#endif
}
inline confirm(i,p) {   /* answer the holds of this product */
  o=0; do :: o<NO -> if :: WH(o)==i && (gr[o]&B(p)) -> gr[o]=gr[o]&~B(p); got[o]=got[o]|B(p) :: else fi; o++ :: else -> o=0; break od }

#define OKSELL(o) ((fl[o]&1)==0 || res[X(o,0)]==HELD)
#if NP>1
#define OKSELL2(o) ((fl[o]&2)==0 || res[X(o,1)]==HELD)
#define OWEDTO(o) if :: need[X(o,0)] -> res[X(o,0)]=OWED :: else fi; if :: need[X(o,1)] -> res[X(o,1)]=OWED :: else fi
#define SETSOLD(o) if :: need[X(o,0)] -> res[X(o,0)]=SOLD :: else fi; if :: need[X(o,1)] -> res[X(o,1)]=SOLD :: else fi
#define HASHELD(o) (res[X(o,0)]==HELD || res[X(o,1)]==HELD)
#define CLR(o) res[X(o,0)]=NONE; res[X(o,1)]=NONE
#else
#define OKSELL2(o) 1
#define OWEDTO(o) res[X(o,0)]=OWED
#define SETSOLD(o) res[X(o,0)]=SOLD
#define HASHELD(o) (res[X(o,0)]==HELD)
#define CLR(o) res[X(o,0)]=NONE
#endif
#ifdef NO_CAS
#define CANSELL(o) 1
#else
#define CANSELL(o) (OKSELL(o) && OKSELL2(o))
#endif
#ifdef NO_KEY
#define DUP(o) 0
#else
#define DUP(o) (SAMEKEY==1 && (o)<2 && ord[1-((o)&1)]!=0)
#endif
inline oversell() {
  assert(SSUM(0)<=init_[0]);
#if NP>1
  assert(SSUM(1)<=init_[1]);
#endif
  assert(!(SAMEKEY==1 && ord[0]!=0 && ord[1]!=0)) }

proctype Cycle(byte i; byte p) {
  byte o; bool chg; bool uns;
end:
  do
  :: atomic { cst[C(i,p)]==0 && LOCKFREE(i,p) && NEEDW(i,p) && (QUAR==0 || nlate[p]==0) ->
       lock[p]=i+1; cs[C(i,p)]=seq[p]*2+mst[p]; cst[C(i,p)]=1; printf("i%d p%d: lock, read ledger seq=%d ex=%d mst=%d\n",i,p,seq[p],ex[p],mst[p])
#if NI==1
       ; see(i,p)
#endif
     }
#if NI>1
  :: atomic { cst[C(i,p)]==1 -> see(i,p) }
#endif
  :: d_step { cst[C(i,p)]==2 ->         /* the intent transaction */
       chg=0;
#ifdef SETTLE_READ
       if
       :: mst[p]==1 ->                   /* settle by re-reading */
          if
          :: cb[C(i,p)]==ex[p] -> mst[p]=0; confirm(i,p)
          :: else -> if :: cb[C(i,p)]!=mb[p] -> assert(false) :: else fi;   /* own late write taken for somebody else's */
               mst[p]=0; o=0;
               do :: o<NO ->
                  if :: (mh[p]&B(o)) -> res[X(o,p)]=NONE; if :: gr[o]&B(p) -> gr[o]=gr[o]&~B(p); want[o]=want[o]|B(p) :: else fi :: else fi;
                  if :: (mr[p]&B(o)) -> res[X(o,p)]=(canc[o]->OWED:HELD) :: else fi;
                  o++ :: else -> o=0; break od;
               ex[p]=mb[p]
          fi; mh[p]=0; mr[p]=0; mb[p]=0;
          endcyc(i,p)
       :: else ->
          ex[p]=cb[C(i,p)]; mb[p]=ex[p];
#else
       if
#ifndef NO_SEQ
       :: CASFAIL(i,p) -> FORGET(i,p); endcyc(i,p)
#endif
       :: else ->
          uns=0; if :: mst[p]==1 -> chg=1; uns=1; if :: MAYLAND(i,p) -> doubt[p]=doubt[p]|B(ex[p]) :: else fi :: else fi;
#if FOREIGN>0
          if :: mst[p]==0 -> cv[p]=B(ex[p]); ch[p]=0; cr[p]=0 :: else fi;   /* a new chain */
          if
          :: THEIRS(i,p) -> chg=1;       /* the chain goes on top of what they wrote */
               if :: REFUSED(i,p) -> uns=0
                  :: else -> cr[p]=cr[p]*TWICE   /* applied or not? only too little is safe: holds count as not, units given back as applied */
               fi;
               cv[p]=B(cb[C(i,p)]); ex[p]=cb[C(i,p)]+cr[p]; o=0;
               do :: o<NO ->
                  if
                  :: (ch[p]&B(o)) && res[X(o,p)]==HELD && ex[p]>=need[X(o,p)] -> ex[p]=ex[p]-need[X(o,p)]
                  :: (ch[p]&B(o)) && res[X(o,p)]==HELD && ex[p]<need[X(o,p)] -> res[X(o,p)]=REL; ch[p]=ch[p]&~B(o);
                       if :: WH(o)==i && (gr[o]&B(p)) -> res[X(o,p)]=NONE; gr[o]=gr[o]&~B(p); want[o]=want[o]|B(p) :: else fi
                  :: else -> ch[p]=ch[p]&~B(o)
                  fi; o++
               :: else -> o=0; break od
#ifdef NO_CARRY
               ; ch[p]=0; cr[p]=0
#endif
          :: else -> if :: cb[C(i,p)]!=ex[p] -> chg=1 :: else fi
          fi; FORGET(i,p);
#else
          if
          :: cb[C(i,p)]!=ex[p] ->
               chg=1;
#ifdef NO_LEDGER
               ex[p]=cb[C(i,p)]
#else
               if :: mst[p]==0 && !(doubt[p]&B(cb[C(i,p)])) -> 
#ifdef NO_DOUBT
                   ex[p]=cb[C(i,p)]      /* taken for a foreign edit: re-based */
#else
                   assert(false)         /* own write not recognised */
#endif
                  :: else fi
#endif
          :: else fi;
#endif
#endif
          o=0;
          do :: o<NO ->                  /* releases first */
             if :: RELOK(o,p,i) ->
                  ex[p]=ex[p]+need[X(o,p)]; chg=1;
#ifdef SETTLE_READ
                  mr[p]=mr[p]|B(o);
#endif
#if FOREIGN>0
                  if :: ch[p]&B(o) -> ch[p]=ch[p]&~B(o) :: else -> cr[p]=cr[p]+need[X(o,p)] fi;
#endif
#ifndef NO_RELTX
                  res[X(o,p)]=REL
#else
                  mr[p]=mr[p]|B(o)
#endif
             :: else fi; o++
          :: else -> o=0; break od;
          do :: o<NO ->
             if :: HOLDOK(o,p,i) ->
                  if
                  #ifdef FUSED
                  :: fl[o]==B(p) && DUP(o) -> want[o]=want[o]&~B(p); rf[o]=3
                  :: fl[o]==B(p) && !DUP(o) && ex[p]>=need[X(o,p)] -> ex[p]=ex[p]-need[X(o,p)]; chg=1; res[X(o,p)]=SOLD; ord[o]=1; oversell();
                       want[o]=want[o]&~B(p); gr[o]=gr[o]|B(p)
                  :: fl[o]!=B(p) && ex[p]>=need[X(o,p)] -> ex[p]=ex[p]-need[X(o,p)]; res[X(o,p)]=HELD; chg=1;
#else
                  :: ex[p]>=need[X(o,p)] -> ex[p]=ex[p]-need[X(o,p)]; res[X(o,p)]=HELD; chg=1;
#endif
                       want[o]=want[o]&~B(p); gr[o]=gr[o]|B(p);
#if FOREIGN>0
                       ch[p]=ch[p]|B(o);
#endif
#ifdef SETTLE_READ
                       mh[p]=mh[p]|B(o)
#endif
                  :: else -> want[o]=want[o]&~B(p); if :: SHORT(o,p) -> rf[o]=1 :: else -> if :: rf[o]==0 -> rf[o]=2 :: else fi fi
                  fi
             :: else fi; o++
          :: else -> o=0; break od;
          ca[C(i,p)]=ex[p];
#if FOREIGN>0
          cv[p]=cv[p]|B(ex[p]);
#endif
          if
          :: chg==0 -> confirm(i,p); endcyc(i,p)
          :: else ->
               seq[p]=seq[p]+1; cs[C(i,p)]=seq[p]*2+1;
#if NOTAG>0
               mt[p]=(ce[C(i,p)]!=BARE);
#endif
               if :: cb[C(i,p)]==ca[C(i,p)] && !(IFM!=0 && uns && SKIPOK==0) -> mst[p]=0; confirm(i,p);
#ifdef SETTLE_READ
                       mh[p]=0; mr[p]=0; mb[p]=0;
#endif
#ifdef NO_RELTX
                       cst[C(i,p)]=4
#else
                       endcyc(i,p)
#endif
                  :: else -> mst[p]=1; cst[C(i,p)]=3 fi
          fi
       fi; printf("i%d p%d: INTENT tx: ex=%d mst=%d seq=%d res=%d,%d cst=%d (%d granted,unconf)\n",i,p,ex[p],mst[p],seq[p],res[X(0,p)],res[X(1,p)],cst[C(i,p)],gr[0]+2*gr[1]); chg=0; if :: cst[C(i,p)]!=3 -> uns=0 :: else fi }
  :: atomic { cst[C(i,p)]==3 ->         /* PUT */
       if
       :: IFM!=0 && ce[C(i,p)]!=BARE && ce[C(i,p)]!=(IFM==1 -> ver[p] : q[p]) ->              /* 412: not applied; read again */
          printf("i%d p%d: 412\n",i,p);
#if FOREIGN>0
          rfd[C(i,p)]=(uns -> 0 : cs[C(i,p)]/2);
#endif
          uns=0; endcyc(i,p)
       :: else ->
          if
          :: q[p]=ca[C(i,p)]; ver[p]=ver[p]+(IFM==1); cst[C(i,p)]=4; uns=0; printf("i%d p%d: PUT %d ok\n",i,p,q[p])
          :: faults<FAULT -> faults++; printf("i%d p%d: PUT %d lost\n",i,p,ca[C(i,p)]); endcyc(i,p)                /* lost */
          :: faults<FAULT -> faults++; printf("i%d p%d: PUT %d applied, no answer\n",i,p,ca[C(i,p)]); q[p]=ca[C(i,p)]; ver[p]=ver[p]+(IFM==1); endcyc(i,p) /* applied, no answer */
          :: faults<FAULT -> faults++; printf("i%d p%d: PUT %d delayed, no answer\n",i,p,ca[C(i,p)]);
               o=0; do :: lpr[o]!=0 -> o++ :: else -> break od;
               lpr[o]=p+1; lv[o]=ca[C(i,p)]; le[o]=ce[C(i,p)]; o=0; nlate[p]++; endcyc(i,p)
          fi
       fi }
#ifdef LAZY                              /* the mark is never written: the next cycle finds the row unsettled */
#if IFM==0
  :: d_step { cst[C(i,p)]==4 -> confirm(i,p); endcyc(i,p) }
#else
  :: d_step { cst[C(i,p)]==4 && lazies<LAZY -> lazies++; printf("i%d p%d: answer, mark lost\n",i,p); confirm(i,p); endcyc(i,p) }
#endif
#endif
  :: d_step { cst[C(i,p)]==4 ->         /* answered: mark applied, answer the holds */ printf("i%d p%d: mark/answer\n",i,p);
       if :: seq[p]*2+mst[p]==cs[C(i,p)] -> mst[p]=0 :: else fi;
#ifdef NO_RELTX
       o=0; do :: o<NO -> if :: (mr[p]&B(o)) -> res[X(o,p)]=REL :: else fi; o++ :: else -> o=0; break od; mr[p]=0;
#endif
#ifdef SETTLE_READ
       mh[p]=0; mr[p]=0; mb[p]=0;
#endif
       confirm(i,p); endcyc(i,p) }
  od }

proctype Order(byte o) {
end:
  do
  :: atomic { ost[o]==0 -> ost[o]=1; asc[o]=0; printf("o%d: asks holds\n",o);
#ifdef ASCENDING
       asc[o]=1; want[o]=(fl[o]&1 -> 1 : 2)
#else
       want[o]=fl[o]
#endif
     }
  :: atomic { ost[o]==1 && rf[o]!=0 && gr[o]==0 && (want[o]==0 || asc[o]==1) -> want[o]=0; got[o]=0; ost[o]=4; printf("o%d: refused(1)/conflict(2) %d, releasing\n",o,rf[o]) }
  :: atomic { ost[o]==1 && rf[o]==0 && got[o]==fl[o] && ord[o]==0 -> ost[o]=2 }
#ifdef FUSED
  :: atomic { ost[o]==1 && rf[o]==0 && got[o]==fl[o] && ord[o]!=0 -> got[o]=0; ost[o]=5 }
  :: atomic { (DEADL&B(o)) && ost[o]==1 && ord[o]==1 && gr[o]!=0 -> printf("o%d: voided at its deadline\n",o); ord[o]=0; OWEDTO(o); gr[o]=0; rf[o]=3; ost[o]=5; ack[o]=3 }
#endif
  :: atomic { ost[o]==1 && rf[o]==0 && asc[o]==1 && want[o]==0 && gr[o]==0 && got[o]!=fl[o] -> want[o]=fl[o]&~got[o]; if :: want[o]==3 -> want[o]=1 :: else fi }
  :: atomic { (DEADL&B(o)) && (ost[o]==1||ost[o]==2) && ord[o]==0 && rf[o]==0 && gr[o]==0 -> want[o]=0; got[o]=0; rf[o]=3; ost[o]=4; printf("o%d: deadline, releasing\n",o) }
  :: atomic { ost[o]==2 ->              /* the order transaction */
       if
       :: unks<UNK -> unks++; pend[o]=1; got[o]=0; ost[o]=3; printf("o%d: COMMIT sent, outcome unknown\n",o)
       :: CANSELL(o) && !DUP(o) -> printf("o%d: COMMITTED\n",o); ord[o]=1; SETSOLD(o); got[o]=0; oversell(); ost[o]=5   /* committed, not yet answered */
       :: !CANSELL(o) || DUP(o) -> printf("o%d: order tx fails its CAS\n",o); got[o]=0; rf[o]=3; ost[o]=4
       fi }
  :: atomic { ost[o]==5 && ack[o]==0 && ord[o]!=0 -> ack[o]=1; printf("o%d: 201\n",o) }
#ifdef NO_UNK
  :: atomic { ost[o]==3 -> rf[o]=3; ost[o]=4 }     /* taken for a failure */
#else
  :: atomic { ost[o]==3 && pend[o]==0 ->           /* the same transaction again (its first statement waits for the old one's locks) */
       if :: ord[o]!=0 -> ost[o]=5 
          :: ord[o]==0 && CANSELL(o) && !DUP(o) -> ord[o]=1; SETSOLD(o); oversell(); ost[o]=5
          :: ord[o]==0 && (!CANSELL(o)||DUP(o)) -> rf[o]=3; ost[o]=4 fi }
#endif
  :: atomic { ost[o]==4 && !HASHELD(o) && pend[o]==0 ->
       if :: rf[o]==2 -> CLR(o); rf[o]=0; asc[o]=1; want[o]=(fl[o]&1 -> 1 : 2); ost[o]=1   /* conflict: once more, ascending */
          :: else -> ost[o]=5; asc[o]=0; printf("o%d: answered %d\n",o,rf[o]); if :: rf[o]==1 -> ack[o]=2 :: else -> ack[o]=3 fi fi }
  od }

inline land() { v=lpr[k]-1; printf("LATE PUT %d lands on p%d (was %d)\n",lv[k],v,q[v]);
      if :: IFM==0 || le[k]==BARE || le[k]==(IFM==1 -> ver[v] : q[v]) -> q[v]=lv[k]; ver[v]=ver[v]+(IFM==1) :: else fi;
      nlate[v]--; lpr[k]=0; lv[k]=0; le[k]=0; v=0; k=0 }
inline kill() { printf("CRASH i%d\n",i); k=0; do :: k<NP -> FORGET(i,k); endcyc(i,k); k++ :: else -> k=0; break od;
      do :: k<NO -> if :: WH(k)==i && ost[k]>0 && ost[k]<5 -> ost[k]=6; want[k]=0; gr[k]=0; got[k]=0; rf[k]=0; asc[k]=0
                       :: WH(k)==i && (ost[k]==7 || (ost[k]==5 && ack[k]==0)) -> ost[k]=6 :: else fi; k++ :: else -> k=0; break od;
      i=0 }

proctype Env() {
  byte k, v; byte i;
end:
  do
  :: atomic { pend[0]==1 -> pend[0]=0; printf("late COMMIT of o0 resolves\n"); if :: CANSELL(0) && !DUP(0) -> ord[0]=1; SETSOLD(0); oversell() :: true fi }
  :: atomic { pend[1]==1 -> pend[1]=0; printf("late COMMIT of o1 resolves\n"); if :: CANSELL(1) && !DUP(1) -> ord[1]=1; SETSOLD(1); oversell() :: true fi }
#if NO>2
  :: atomic { pend[2]==1 -> pend[2]=0; printf("late COMMIT of o2 resolves\n"); if :: CANSELL(2) && !DUP(2) -> ord[2]=1; SETSOLD(2); oversell() :: true fi }
#endif
  :: atomic { (CANCEL&1) && ord[0]==1 && canc[0]==0 -> canc[0]=1; ord[0]=2; printf("CANCEL o0\n");
#ifdef NO_OWED
      ost[0]=7
#else
      OWEDTO(0)
#endif
    }
  :: atomic { (CANCEL&2) && ord[1]==1 && canc[1]==0 -> canc[1]=1; ord[1]=2; OWEDTO(1) }
#if FOREIGN>0
  :: atomic { frn<FOREIGN && q[0]>=(UNITS) && SALEOK -> frn++; printf("FOREIGN sale: %d -> %d\n",q[0],q[0]-(UNITS)); q[0]=q[0]-(UNITS); init_[0]=init_[0]-(UNITS); ver[0]=ver[0]+(IFM==1) }
#endif
#if FAULT>0
  :: atomic { lpr[0]!=0 -> k=0; land() }
  :: atomic { lpr[1]!=0 -> k=1; land() }
  :: atomic { lpr[2]!=0 -> k=2; land() }
#endif
  :: d_step { crashes<CRASH -> crashes++; i=0; kill() }
#if NI>1
  :: d_step { crashes<CRASH -> crashes++; i=1; kill() }
#endif
#if NI>1
  :: d_step { zombs<ZOMB -> zombs++; susp[0]=1; printf("i0 loses its locks, is thought dead\n"); k=0; do :: k<NP -> if :: lock[k]==1 -> lock[k]=0 :: else fi; k++ :: else -> k=0; break od; k=0 }
  :: d_step { zombs<ZOMB -> zombs++; susp[1]=1; printf("i1 loses its locks, is thought dead\n"); k=0; do :: k<NP -> if :: lock[k]==2 -> lock[k]=0 :: else fi; k++ :: else -> k=0; break od; k=0 }
#endif
  :: timeout -> printf("QUIET: q0=%d ex0=%d sold0=%d ost=%d,%d mst=%d\n",q[0],ex[0],SSUM(0),ost[0],ost[1],mst[0]);                          /* quiescence: nothing can move any more */
     k=0; do :: k<NO ->
          assert(ost[k]>=5);                 /* every request ended */
          assert(ack[k]!=1 || ord[k]!=0);                 /* acknowledged => durable */
          assert((ack[k]!=2 && ack[k]!=3) || ord[k]==0 || canc[k]);  /* refused or failed => no order */
          i=0; do :: i<NP ->
               assert(res[X(k,i)]!=HELD && res[X(k,i)]!=OWED);
               assert((res[X(k,i)]==SOLD) == (ord[k]==1 && need[X(k,i)]>0));
               i++ :: else -> i=0; break od;
          k++ :: else -> k=0; break od;
     do :: k<NP -> assert(mst[k]==0 && lock[k]==0);
#ifdef STRAND
          assert(q[k]+SSUM(k)<=init_[k]);
#else
          assert(q[k]+SSUM(k)==init_[k]);                 /* conservation */
#endif
          k++ :: else -> k=0; break od;
#if CANCEL==0 && UNITS>0 && !defined(STRAND)
     /* strong P3: a 400 is only said when the WINNERS took the stock */
     do :: k<NO -> if :: ack[k]==2 ->
#if NP>1
            assert(need[X(k,0)]>init_[0]-SSUM(0) || need[X(k,1)]>init_[1]-SSUM(1))
#else
            assert(need[X(k,0)]>init_[0]-SSUM(0))
#endif
          :: else fi; k++ :: else -> k=0; break od;
#endif
     goto fin
  od;
fin: skip }

init { atomic {
  byte j;
  need[X(0,0)]=N00; need[X(1,0)]=N10; init_[0]=INIT0;
#if NO>2
  need[X(2,0)]=N20;
#endif
#if NP>1
  need[X(0,1)]=N01; need[X(1,1)]=N11; init_[1]=INIT1;
#if NO>2
  need[X(2,1)]=N21;
#endif
#endif
  j=0; do :: j<NP -> q[j]=init_[j]; ex[j]=init_[j]; j++ :: else -> j=0; break od;
  do :: j<NO -> fl[j]=(need[X(j,0)]>0);
#if NP>1
      if :: need[X(j,1)]>0 -> fl[j]=fl[j]+2 :: else fi;
#endif
      j++ :: else -> j=0; break od;
  run Env();
  run Cycle(0,0);
#if NP>1
  run Cycle(0,1);
#endif
#if NI>1
  run Cycle(1,0);
#if NP>1
  run Cycle(1,1);
#endif
#endif
  run Order(0); run Order(1);
#if NO>2
  run Order(2);
#endif
} }
