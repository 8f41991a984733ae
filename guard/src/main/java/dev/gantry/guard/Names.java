package dev.gantry.guard;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/** Frequent names, from public statistics of several countries. Far from all: see docs/detectors.md for what that means. */
final class Names {
    private static final String GIVEN_NAMES = """
            aaron abigail abdul abdullah adam adrian adriana agnes agnieszka ahmad ahmed aisha akira alan alana albert
            alberto alejandra alejandro aleksander alessandro alessia alexander alexandra alexandre alexis alfred ali alice
            alicia alina alison alistair allison alyssa amanda amber amelia amélie amina amir amit amy ana anastasia andrea
            andreas andrei andrew andré andrés andrzej angela angelica angelina anil anita anja anjali ann anna anne
            annette annie anthony antoine anton antonio anya arjun arthur arturo asha ashley astrid aurélie barbara beatrice
            beatriz ben benjamin bernard bernd beth bethany bettina bianca birgit bob bogdan boris bradley brandon brenda
            brian brianna bridget brittany bruce bruno bryan camila camille carla carlos carmen carol carolina caroline
            carolyn catherine cecilia cédric celeste charles charlotte cheryl chloe chloé chris christian christina
            christine christoph christophe christopher cindy claire clara claudia claudio colin connor courtney craig
            cristina crystal cynthia damien dan daniel daniela danielle danny darren dave david deborah debra deepak denise
            dennis derek diana diane diego dieter dimitri dirk dmitri dmitry dominic dominik dominique donald donna doris
            dorothy douglas duncan dylan eduardo edward edwin eileen elaine eleanor elena eli elias elif elijah elisa
            elisabeth eliza elizabeth ella ellen emil emilia emilie emily emma emmanuel enrique erica erik erika erin
            ernesto esther ethan eugene eva evelyn fabian fabio fatima federico felicia felipe felix fernanda fernando
            fiona florian frances francesca francesco francis francisco françois frank franz fred frederic frederick
            frida friedrich fritz gabriel gabriela gabrielle gareth gary gavin geoffrey george georg gerald gerard gerhard
            gianluca gillian gina giovanni giulia giuseppe gloria gordon graham greg gregory greta guillaume guillermo
            gustavo guy hannah hans harold harriet hassan heather hector heidi heike heinrich heinz helen helena helga
            henri henrik henry hiroshi holger howard hugo ian ibrahim ignacio igor ingrid irene irina isaac isabel isabella
            isabelle ivan ivana jack jacob jacqueline jacques jake jakob jamal james jamie jan jane janet janice jason
            javier jean jeff jeffrey jennifer jens jeremy jerry jesper jesse jessica jesús jill jim joachim joan joanna
            joanne joaquín joe joel johan johann johanna johannes john johnny jonas jonathan jorge josé josef joseph
            joshua joão juan juanita judith judy julia julian juliana julie julien juliet jürgen justin jörg kai kamal
            karen karim karin karl karla katarina kate katharina katherine kathleen kathryn kathy katie katja katrin kayla
            keith kelly kenji kenneth kenya kevin khalid kim kimberly klaus krishna kristen kristin kristina krzysztof kurt
            kyle lars latisha laura lauren laurence laurent lawrence leah lena leo leon leonard leonardo leroy leslie
            leticia liam liliana linda lisa logan lorenzo louis louise luca lucas lucia lucy ludwig luigi luis luisa lukas
            luke luther lydia lynn madison maggie mahmoud malcolm malik manfred manuel manuela marc marcel marcela marcin
            marco marcos marcus margaret margarita maria mariana marianne marie marina mario marion marisa marjorie markus
            marlene marta martha martin martina marvin mary maryam mateo mathieu mathilde matteo matthew matthias maureen
            maurice max maxime megan mehmet mei melanie melissa mercedes michael michał michel michele michelle miguel
            mikael mike mikhail milan miriam mohamed mohammad mohammed monica monika morgan muhammad mustafa mónica nadia
            nadine nancy naomi natalia natalie natasha nathalie nathan neha neil nicholas nick nicola nicolas nicole niels
            nigel nikhil nikita nikolai nina noah noel noor nora norbert norma olaf oleg olga oliver olivia olivier omar
            oscar otto owen pablo pamela paola paolo patricia patrick paul paula paulina pauline paulo pavel pedro penelope
            peter petra philip philipp philippe phillip phoebe pierre pieter piotr pooja priya rachel rafael rahul raj
            rajesh ralf ralph ramón raquel rashid raymond rebecca regina reinhard renate rené ricardo richard rita robert
            roberto robin rodrigo roger roland rolf roman ronald rosa rosemary roxanne ruben rudolf russell ruth ryan
            sabine sabrina salma salvatore sam samantha samir samira samuel sandeep sandra sanjay santiago sara sarah sasha
            satoshi scott sean sebastian sergei sergey sergio shannon sharon shaun sheila shirley silvia simon simone
            sofia sofía sonia sophia sophie stacy stanislav stefan stefanie stefano stella stephan stephanie stephen steve
            steven stuart sunil susan susanne suzanne sven svetlana sylvia sylvie søren takashi tamara tanya tara tatiana
            ted teresa terry thabo theodore theresa thiago thomas thorsten tiffany tim timothy tina tobias todd tom tomasz
            tommy tony tracy travis tyler ulrich ulrike ursula uwe valentina valerie vanessa vera veronica veronika
            vicente victor victoria vijay viktor vincent vincenzo virginia vishal vladimir volker walter wanda wayne wei
            wendy wilhelm william wolfgang xavier yasmin yolanda yousef yuki yusuf yvonne zachary zainab zoe zoë łukasz
            ángel álvaro éric élise özlem şule
            aarav aarti abebe abena abiola adaeze aditya adwoa afua agus aida aiko aino ainhoa aishwarya ajay akash akua
            aleksandra alejo alena alfonso alhassan ama amara amadou amalia amar amarachi amarjit ambika amine aminata
            aminu ananya anastasiya anders andile aneta anh anjana anke annegret annika antonella antonina anuja anurag
            aoife arash arif arnaud arne arvind asante asif asma atsushi ayaan ayaka ayanda ayesha ayman ayşe azadeh bao
            baptiste barnaby bartosz bashir beata bence bhavna bilal bintou biruk bjarne bjørn bonani bong boubacar
            brigitte bronisław budi burak busisiwe camilo carlotta carmela celine cem charlene chiamaka chiara chidi
            chika chinedu chinonso chitra chukwuemeka ciara cian ciro cormac cosimo daan daisuke dalia dariusz dawid
            declan deniz desta detlef devi dewi dhruv diarmuid dimitra dimitris dina dinesh divya dorota dorothea ebony
            ebru edith ekaterina eero eirik ekene elisabetta eloise emeka emine emre endre enzo eoin erkan esra estelle
            eszter ethel eunji evgeny ewa ezgi faisal farah farhad farid fatih fatma fatou federica femke fenna fergus
            fikret finn folake freya funmilayo gabor gaspard gauri gemma geneviève ghislaine gintaras gisela giorgos
            giorgia gita gonzalo gosia grzegorz guadalupe guido gulnara gustav hadiza hakan halima hamid hamza hana
            haruka haruto hartmut hannelore harpreet hasan hauke haya helmut hemant henrique hideo hilda hiroko hisham
            huda hussein hye ibrahima ifeoma ilaria ilona imani imogen imran inès inês ingeborg ingo ioana ioannis iqbal
            isha ishaan ismail ivo iwona ixchel jacek jacinta jadwiga jagdish jaime jakub jamila janez janina jarosław
            jaroslav jaya jiayi jiho jing jiro jisoo jitka joaquim jolanta joost josefina jovana juma jun junichi
            justyna jutta kadir kailash kalpana kamala kamil kaori kaoru karan karolina katarzyna kaushik kavita kavya
            kazuki kazuo keiko kenta kerstin kevser khadija khanh kirsten klara kofi kojo konstantin koji kwabena kwame
            kwesi lakshmi lalita lamia larissa latoya layla leandro leila leilani leonie lerato lieselotte lihua lidia
            linh lionel ljubica lorena lotte lourdes ludmila luciana luciano ludovic lütfi lwazi maarten macarena
            magdalena magnus mahesh maja majid makoto malgorzata małgorzata mallory mamadou manoj manon maribel marjan
            marlon marit martín masako masashi mateusz matilda matilde matthijs maurizio mayumi meera megumi meiling
            melike meret merve mette mihai mikko mikołaj milena milica minh mira mireille miroslav mirjam mitsuko mohan
            moritz moses mthunzi mukesh murat mwangi nadja naledi nam nandini naoki naoko naresh nasrin natsuki neema
            nele neelam nefeli nguyen ngozi nhung niamh nicolae nikolaos nilufar nisha nishant nkechi nkosana nobuko
            nomvula nontobeko noura nuno nur obinna octavio oksana oleksandr oleksandra olena olumide oluwaseun omari
            omkar onur orla osama oskar oumar oumou ousmane padraig palesa parisa parvati paweł petros phindile phuong
            pilar prakash pranav prasad pratibha preeti przemysław putri qiang quang radha radoslav rafaela raffaele
            raghav rajiv rakesh ramesh rana rania ranjit rasmus ravi razia reinhold rekha renata reza rhys riccardo riya
            rocío rohan rohit romain rosalind rosario rosalia roshan roya rui rukmini ruud ryo ryota sachiko sadia saeed
            sahar sakura salim salman samuele sanae sandhya sanjeev sanna sanne santosh saoirse sapna saswata savita
            sayuri sefa seung shabnam shahid shalini shankar shanthi shauna shigeru shilpa shinji shirin shiro shivani
            shreya shu shweta siddharth sigrid silke simona sindhu sinéad sinead siobhan siobhán sipho sita snezana
            sofie solange solveig somchai sonja soraya soumya srinivas stavros sudha suleiman sunita supriya suresh
            susana suzanna swati sylwia szymon tadeusz tae takahiro takeshi tamás tao tapiwa tariq tarun tatjana tendai
            teodora tetsuya thandiwe thanh thao themba theo théo thi thulani timo tiago tobi tomás tomoko tuan tunde
            tuomas tuğçe ulla uma umar unathi usha usman uthman uzma vaibhav valentín vanja varun vasile vasilis velma
            venkatesh veronique vidya vihaan vikram vinay virpi vivek vlad vojtěch volodymyr vusi wafa waleed wali
            wanjiru wendeline werner wiktor wiebke winfried wioletta wojciech xiaoming xiaoyan xinyi xiu yaa yannick
            yara yasir yasmina yaw yemi yevgeny ying yohannes yoko yoshiko youssef yuan yulia yuri yuto zahra zanele
            zara zbigniew zeynep zhen zofia zoltán zsófia zuzana zuzanna álex åsa öykü ümit şebnem željko
            """;
    private static final String AMBIGUOUS_NAMES = """
            angel art austin autumn april august bill brook carter chance charity chase chelsea christian cliff cole dale
            daisy dallas dawn dean destiny drew earl eden faith florence ford frank gene georgia ginger glen grace grant
            hazel heath holly hope hunter iris ivy jade jasmine jay jewel jordan joy june justice kay lance lee lily lincoln
            mark mason may melody mercy miles misty nick norm olive paris parker pat pearl phoenix piper ray reed rich rob
            robin rocky rod rose rusty ruby savannah scout sidney sky skip stone summer sunny taylor trinity tucker violet
            wade ward will willow art chip drew josh matt ron don ken jon
            """;
    private static final String FAMILY_NAMES = """
            smith johnson williams brown jones garcia garcía miller davis rodriguez rodríguez martinez martínez hernandez
            hernández lopez lópez gonzalez gonzález wilson anderson thomas taylor moore jackson martin lee perez pérez
            thompson white harris sanchez sánchez clark ramirez ramírez lewis robinson walker young allen king wright scott
            torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter roberts gomez gómez
            phillips evans turner diaz díaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers
            gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks
            chavez wood james bennett gray mendoza ruiz hughes price alvarez álvarez castillo sanders patel myers long ross
            foster jimenez jiménez powell jenkins perry russell sullivan bell coleman butler henderson barnes fisher vasquez
            simmons romero jordan patterson alexander hamilton graham reynolds griffin wallace moreno west cole hayes bryant
            herrera gibson ellis tran medina stevens murray ford castro marshall owens harrison fernandez fernández
            mcdonald woods washington kennedy wells chen wang li zhang liu yang huang singh kumar sharma khan gupta shah
            müller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schäfer koch bauer richter klein
            wolf schröder neumann schwarz zimmermann braun krüger hofmann hartmann lange schmitt werner krause meier lehmann
            bernard dubois durand leroy moreau laurent lefebvre michel bertrand roux fournier girard bonnet dupont lambert
            rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti costa giordano
            silva santos oliveira souza pereira lima carvalho ferreira ribeiro almeida kowalski nowak wiśniewski ivanov
            petrov smirnov jansen janssen bakker visser devries hansen johansen olsen larsen andersen nilsen nielsen jensen
            pedersen johansson andersson karlsson nilsson eriksson larsson olsson persson svensson yilmaz kaya demir tanaka
            suzuki sato watanabe ito yamamoto nakamura kobayashi park choi jung doe o'brien o'connor o'neill macdonald
            abebe abdi abdullah abdullahi abubakar acosta adebayo adeleke adeyemi adler afolabi aguilar ahmed ahmadi
            akinola aksoy alexandrov ali alonso amari amin andrade ansari antonov aoki appiah aquino arora arslan asante
            ashworth aslan avila aydın ayala azevedo babić bailly balogun banda banerjee barbieri barbosa baran baumann
            baumgartner beaumont begum behrens bellini benítez berg berger bergström bergmann bhatt bianco blanchard
            blanco blackwood boateng bondarenko bose botha boucher bouchard brandt brennan brunner burke busch byrne
            calderón campos cardoso carbone caruso castellanos cerny černý chakraborty chan chang chatterjee chaudhary
            chaudhry cheng cheung chevalier chopra chow chua cissé claes clarke coetzee contreras correa cortés cortes
            coulibaly craig cunningham dahl das davies degroot dekker delacroix delgado desai deshmukh diallo dietrich
            diop dlamini dogan domínguez donnelly doyle dvořák ebert eckert egger ehlers engel erdoğan espinoza eze
            fabre fairchild farah farkas faure fay fiala figueroa fink fitzgerald fletcher fontaine forster fowler
            franke friedrich fuchs fujita gabriel gagnon gallagher galli gamal ganguly garnier gauthier geiger ghosh
            gill gim goldberg goldstein gonçalves goto gould greenberg grigoryev groß grünwald guerra guerrero guillaume
            guo gutiérrez gunawan haas haddad hagen hahn hakimi halvorsen hamid han hanssen haraldsson harrington hasan
            hashimoto hassan haugen hayashi heikkinen heinrich hendriks herrmann hidalgo hoang hofer holm horvat horváth
            hosseini hossain hou hristov hsu hussain hussein ibáñez ibrahim iglesias iqbal ishikawa islam isaksson iyer
            jacobs jafari jain jankowski jansson jha joseph joshi jovanović juarez kaczmarek kaminski kamiński kang
            kaplan karimi kariuki kaur kavanagh kawasaki keita keller kenyatta khalil khatri khoury kimani kimura
            kirchner kiss klaassen kofi konaté kone korhonen kovač kovács kowalczyk kozlov kraft krämer kuhn kulkarni
            kunz kuznetsov kuznetsova lacroix laine lau lebedev leclerc leclercq lefevre lefèvre lehtonen leone liang
            lin lindberg lindgren lindqvist lindström ling löwe lombardi lombardo lopes lorenz lozano lu lucas luna lund
            ma maas mahlangu mahmood mahmoud maier maldonado malhotra malik mancini mansour marchand marchetti mariani
            marín marques marquez masson mathieu matsumoto mbeki mcallister mccarthy mcgrath mckenzie mehta meijer
            melnyk mendes mensah menon mercier messina mikhailov mishra mitra mohamed mohammed mokoena molina moller
            mukherjee monti moretti moser mulder muñoz mutua mwangi naidoo nair najjar naidu narayan navarro ndiaye ng
            ngo nguyễn nieminen nikolaev nkosi noble novák novak novikov obi oduya ogawa okafor okamoto okeke okonkwo
            okoro omondi onyango ortega orlov osei otieno ouedraogo owusu öztürk pacheco padilla palmer pan pandey
            papadopoulos parra patil pavlov pellegrini pemberton peng peña peters petersen petrova petrović pfeiffer
            pham phan pichler pinto poirier pokorny popescu popov popova prasad preuß qureshi raghavan rahman raman rao
            rasmussen reddy reis renard rezaei rhodes riedel rinaldi rivas robin roche rojas rosales rousseau roy saeed
            sahin şahin saito sakai salazar salinas santoro santoso sarkar sasaki sauer savage schmid schmitz scholz
            schreiber schubert schulte schultz schuster seidel serra sergeev sethi shapiro sharif shevchenko shimizu
            shrestha sidorov siddiqui silvestri sim simon sinha sithole sjöberg smit sokolov sokolova solomon song
            sorensen sørensen soto sow srinivasan stein steiner stoica strand subramanian sun suarez suárez sutherland
            suwannarat szabó szymański taheri takahashi tamura tang teixeira tesfaye thapa thatcher thornbury thomsen
            thorsen tóth traoré traore tremblay trinh truong tsai tshabalala turan ueda vargas varga vasiliev vega
            velasco venter vermeulen verma vidal vieira villa villanueva virtanen vitale vogel voigt volkov vu wagenaar
            walczak walsh walter wanjiku weiß wei wenger whitfield wierzbicki wijaya winkler wójcik wolff wong woo
            woźniak wu xiao xie xu yadav yamada yamaguchi yamashita yan yeo yıldız yıldırım yoon yu yuan yusuf zając
            zapata zeng zhao zheng zhou zhu ziegler zieliński zimmer zhukov zulu
            """;

    /** Family names that are words, places or firms. */
    private static final String WORDS = """
            brown white young king wright hill green baker hall cook wood ward price long ross bell butler fisher ford
            marshall woods wells west cole reed gray stone bush park rose may church noble savage palmer knight bishop
            cross fox wolf winter summer banks rivers fields brooks washington jordan lincoln hamilton sydney cruz costa
            romano ferrari martin kim li lu ma ng an le so das ali sun song wong woo zimmer luna sol strand lang lange klein
            wolf braun schwarz koch bauer engel simon san monti villa bosch berg berger hahn kraft blanco leone torres flores
            campos reis pinto silva lima ito doe burke craig holm clarke penguin lin long rhodes kang goto chow wei wang
            turner parker porter carter cooper foster walker harper mason taylor miller smith fletcher archer
            """;

    private Names() {}

    /** Returns given names, ambiguous ones among them, in lower case. */
    static String[] given() {
        return (GIVEN_NAMES + AMBIGUOUS_NAMES).strip().split("\\s+");
    }

    /** Returns given names that are words or places as well, by their hash. */
    static WordTable<Boolean> ambiguous() {
        return WordTable.of(AMBIGUOUS_NAMES);
    }

    /** Returns family names that are hardly ever anything else, in lower case. */
    static String[] clearFamily() {
        Set<String> out = new LinkedHashSet<>(Arrays.asList(FAMILY_NAMES.strip().split("\\s+")));
        out.removeAll(Arrays.asList(WORDS.strip().split("\\s+")));
        out.removeAll(Arrays.asList(given()));
        return out.toArray(String[]::new);
    }

    /** Returns given names by their hash. */
    static WordTable<Boolean> givenTable() {
        return WordTable.of(GIVEN_NAMES);
    }

    /** Returns family names by their hash. */
    static WordTable<Boolean> family() {
        return WordTable.of(FAMILY_NAMES);
    }
}
